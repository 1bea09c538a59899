package dev.checkpointer.internal.trigger;

import dev.checkpointer.Setting;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A command that brings the program into the state that its image is to have. It writes where the program writes. */
final class WarmUp {
    private static final String REMEDY = "Correct " + Setting.WARMUP.property();

    private WarmUp() {}

    static void run(String command, Duration timeout) throws TriggerException, InterruptedException {
        var builder = new ProcessBuilder("sh", "-c", command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(Redirect.INHERIT)
                .redirectError(Redirect.INHERIT);
        builder.environment().remove(Setting.AT.variable()); // it may be a Java program itself
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new TriggerException("the warm-up cannot be started: " + e.getMessage(), REMEDY);
        }
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TriggerException(
                        "the warm-up has not ended within " + timeout.toMillis() / 1000.0 + " s: " + command,
                        REMEDY + ", or raise " + Setting.TIMEOUT.property());
            }
        } finally {
            end(process);
        }
        if (process.exitValue() != 0) {
            throw new TriggerException("the warm-up ended with status " + process.exitValue() + ": " + command, REMEDY);
        }
    }

    /** Its children first: they would outlive it. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
