package dev.checkpointer.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A process that was started here, or restored from an image that was made here. It is known by its PID and its start time, so
 * that no other process is ended in its place.
 */
public final class Program {
    private static final Duration TO_END = Duration.ofSeconds(20);

    private final long pid;
    private final Optional<ProcessHandle> handle;
    private final Path log;

    Program(long pid, Path log) {
        this.pid = pid;
        this.log = log;
        handle = ProcessHandle.of(pid);
    }

    /**
     * Its PID.
     *
     * @return as this machine sees it
     */
    public long pid() {
        return pid;
    }

    /**
     * What it writes.
     *
     * @return the file
     */
    public Path log() {
        return log;
    }

    /**
     * Whether it runs no more. It may still have its PID.
     *
     * @return true for one that waits to be collected, too
     */
    public boolean ended() {
        return handle.isEmpty() || !handle.get().isAlive() || state() == 'Z' || state() == 'X';
    }

    /**
     * The state of a process as {@code /proc} tells it.
     *
     * @return a letter, X when there is no such process
     */
    public char state() {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return 'X';
        }
    }

    /**
     * Waits until no process has the PID.
     *
     * @param time how long at most
     * @throws IOException when it does not end in time
     * @throws InterruptedException when this thread is interrupted
     */
    public void awaitGone(Duration time) throws IOException, InterruptedException {
        var directory = Path.of("/proc", Long.toString(pid));
        Deadline.in(time).await("the end of process " + pid, () -> !Files.exists(directory));
    }

    /**
     * Asks it to end, and waits until nothing of it is left.
     *
     * @param time how long it is waited for before it is ended at once
     * @throws IOException when it stays
     * @throws InterruptedException when this thread is interrupted
     */
    public void end(Duration time) throws IOException, InterruptedException {
        handle.ifPresent(ProcessHandle::destroy);
        var deadline = Deadline.in(time);
        while (!ended() && !deadline.passed()) {
            Thread.sleep(2);
        }
        kill();
    }

    /**
     * Ends it at once, and waits until nothing of it is left.
     *
     * @throws IOException when it stays
     * @throws InterruptedException when this thread is interrupted
     */
    public void kill() throws IOException, InterruptedException {
        handle.filter(ProcessHandle::isAlive).ifPresent(ProcessHandle::destroyForcibly);
        awaitGone(TO_END);
    }
}
