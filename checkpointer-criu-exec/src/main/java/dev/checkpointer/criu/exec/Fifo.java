package dev.checkpointer.criu.exec;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The pipe on which the JVM waits for its dump. It has a name only until both sides have it open: a name in the image
 * would be needed at restore. A pipe of {@link Process} does not serve, since the JDK drains and closes that one when the
 * direct child ends.
 */
final class Fifo implements AutoCloseable {
    private static final long MKFIFO_SECONDS = 10;

    private final Path path;
    private final FileInputStream reader;
    /** Holds the pipe open until the other side has it; opened for both directions, it does not block. */
    private final RandomAccessFile placeholder;

    Fifo() throws IOException, InterruptedException {
        path = Path.of(System.getProperty("java.io.tmpdir"), "checkpointer-" + UUID.randomUUID());
        make(path);
        try {
            placeholder = new RandomAccessFile(path.toFile(), "rw");
            reader = new FileInputStream(path.toFile());
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Fails when the name exists, so nobody can have put something else in its place. */
    private static void make(Path path) throws IOException, InterruptedException {
        var process = new ProcessBuilder("mkfifo", "-m", "600", path.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(MKFIFO_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(new String(process.getInputStream().readNBytes(4096)).strip());
            }
        } finally {
            process.destroyForcibly();
        }
    }

    Path path() {
        return path;
    }

    /** The other side has the pipe open: its name can go, and our own writing end. */
    void connected() throws IOException {
        Files.delete(path);
        placeholder.close();
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
        Files.deleteIfExists(path);
        placeholder.close();
        reader.close();
    }
}
