package dev.checkpointer.criu.exec;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The reading end of the pipe on which the JVM waits for its dump. It is the pipe that {@link Process} makes for the
 * child's standard input, opened anew: the JDK closes its own ends when the direct child ends. A pipe with a name would
 * become a file that CRIU makes again at that place, which fails when one image is restored several times at once.
 */
final class DumpPipe implements AutoCloseable {
    private final FileInputStream reader;

    /**
     * Opens the pipe.
     *
     * @param process a process that runs and whose standard input is a pipe
     * @throws IOException when it has ended
     */
    DumpPipe(Process process) throws IOException {
        reader = new FileInputStream("/proc/" + process.pid() + "/fd/0");
    }

    /** Blocks until the other side has written all or is gone. An image taken meanwhile wakes up with an empty text. */
    String await() throws IOException {
        var text = new StringBuilder();
        var buffer = new byte[64];
        for (int n = reader.read(buffer); n > 0; n = reader.read(buffer)) {
            text.append(new String(buffer, 0, n, StandardCharsets.US_ASCII));
        }
        return text.toString().strip();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
