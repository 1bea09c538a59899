package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.CheckpointerMXBean;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Counts what becomes of the checkpoints of this JVM. */
public final class History implements CheckpointerMXBean {
    /** The one of this JVM. */
    public static final History INSTANCE = new History();

    /** The kernel counts the start of processes in hundredths of a second, whatever its own clock. */
    private static final long MILLIS_PER_TICK = 10;

    private long checkpoints;
    private long failures;
    private long restores;
    private long begin;
    private long duration = -1;
    private String engine = "";
    private String image = "";
    private String lastError = "";

    private History() {}

    synchronized void begun() {
        begin = System.currentTimeMillis();
    }

    synchronized void imageMade(String byEngine, Path directory) {
        checkpoints++;
        engine = byEngine;
        image = directory.toString();
    }

    /** Before the resources hear of it, since they may ask for the time. */
    synchronized void restored() {
        restores++;
    }

    /** A process that woke up from an image does not know how long it took to write it. */
    synchronized void ended(boolean restored) {
        duration = restored ? -1 : System.currentTimeMillis() - begin;
    }

    /**
     * Notes a checkpoint that came to nothing.
     *
     * @param causes why
     */
    public synchronized void failed(List<Throwable> causes) {
        failures++;
        lastError = causes.stream()
                .map(cause -> cause.getMessage() == null ? cause.toString() : cause.getMessage())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public synchronized long getCheckpoints() {
        return checkpoints;
    }

    @Override
    public synchronized long getFailures() {
        return failures;
    }

    @Override
    public synchronized long getRestores() {
        return restores;
    }

    @Override
    public synchronized long getCheckpointTime() {
        return begin;
    }

    @Override
    public synchronized long getCheckpointDuration() {
        return duration;
    }

    @Override
    public long getRestoreTime() {
        long uptime = getUptimeSinceRestore();
        return uptime < 0 ? -1 : System.currentTimeMillis() - uptime;
    }

    /** A restored process has the start time of its restore. */
    @Override
    public long getUptimeSinceRestore() {
        if (getRestores() == 0) {
            return -1;
        }
        try {
            var seconds = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
            long start =
                    ProcStat.read(ProcessHandle.current().pid()).orElseThrow().startTime();
            return Math.round(Double.parseDouble(seconds) * 1000) - start * MILLIS_PER_TICK;
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public synchronized String getEngine() {
        return engine;
    }

    @Override
    public synchronized String getImage() {
        return image;
    }

    @Override
    public synchronized String getLastError() {
        return lastError;
    }

    @Override
    public void checkpoint(String directory, boolean leaveRunning) throws Exception {
        var request = CheckpointRequest.builder().leaveRunning(leaveRunning);
        if (!directory.isEmpty()) {
            request.imageDirectory(Path.of(directory));
        }
        Checkpointer.checkpoint(request.build());
    }
}
