package dev.checkpointer.cli;

import java.io.Closeable;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.concurrent.TimeUnit;

/**
 * The process that an agent takes for the one that dumps: when it ends, the checkpoint is over. It ends with this command,
 * however that ends, since it reads from it; and before, when this is closed. Its session is its own, so that Ctrl-C on a
 * terminal does not reach it while CRIU is at work.
 */
final class Dumper implements Closeable {
    private static final long END_SECONDS = 5;

    private final Process process;

    private Dumper(Process process) {
        this.process = process;
    }

    static Dumper start() throws IOException {
        return new Dumper(new ProcessBuilder("setsid", "cat")
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start());
    }

    long pid() {
        return process.pid();
    }

    /** Returns when it has ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
