package dev.checkpointer.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small file system in memory, mounted on a directory until it is closed. Needs root.
 *
 * @since 0.1.0
 */
public final class Tmpfs implements AutoCloseable {
    private final Path directory;

    /**
     * Mounts one.
     *
     * @param directory where; it is created
     * @param size as mount(8) takes it, for instance {@code 4m}
     * @throws IOException when that fails
     */
    public Tmpfs(Path directory, String size) throws IOException {
        this.directory = Files.createDirectories(directory);
        run("mount", "-t", "tmpfs", "-o", "size=" + size, "checkpointer-test", directory.toString());
    }

    /**
     * Where it is mounted.
     *
     * @return the directory
     */
    public Path directory() {
        return directory;
    }

    /**
     * Makes it read-only.
     *
     * @throws IOException when that fails
     */
    public void makeReadOnly() throws IOException {
        run("mount", "-o", "remount,ro", directory.toString());
    }

    private static void run(String... command) throws IOException {
        var result = Processes.run(List.of(command));
        if (result.status() != 0) {
            throw new IOException(String.join(" ", command) + ": " + result.output());
        }
    }

    @Override
    public void close() throws IOException {
        run("umount", directory.toString());
    }
}
