package dev.checkpointer.internal.restore;

import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Waits until a restored program says that its resources were notified.
 *
 * @param process the program
 * @param file what it makes
 * @param timeout how long that may take
 */
record Readiness(RestoredProcess process, Path file, Duration timeout) {
    private static final long PAUSE_MILLIS = 1;

    /** A program that is not ready in time is ended; one whose resources failed goes on. */
    void await() throws EngineException, IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (Files.notExists(file)) {
                if (!runs()) {
                    throw notReady("has ended before its resources were notified", "Look at its output");
                }
                if (System.nanoTime() - deadline > 0) {
                    throw late();
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(
                    FailureKind.INTERRUPTED, "interrupted while process " + process.pid() + " gets ready", "");
        }
        var lines = Files.readAllLines(file);
        if (!lines.get(0).equals("ready")) {
            throw notReady(
                    "runs, but failed to get ready: " + String.join("; ", lines.subList(1, lines.size())),
                    "Look at its output, and end it unless it is of use like that");
        }
    }

    /** A process that has ended may wait for its parent, and a new one with the same PID is as good as none. */
    private boolean runs() throws IOException {
        var stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        try {
            var text = Files.readString(stat);
            return text.charAt(text.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return Files.exists(file); // it may have said so just before its end
        }
    }

    private EngineException notReady(String what, String remedy) {
        return new EngineException(FailureKind.NOT_READY, "the restored process " + process.pid() + " " + what, remedy);
    }

    private EngineException late() {
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        return new EngineException(
                FailureKind.TIMEOUT,
                "the restored process " + process.pid() + " was not ready within " + timeout.toMillis()
                        + " ms, and was ended",
                "Look at its output, or set a later deadline");
    }
}
