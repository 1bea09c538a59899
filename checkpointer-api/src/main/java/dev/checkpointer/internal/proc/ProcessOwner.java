package dev.checkpointer.internal.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** With whose rights a process opens files. */
public final class ProcessOwner {
    /** The name of the manifest's line that tells it of the dumped program. */
    public static final String MANIFEST_KEY = "user";

    private static final String LINE = "Uid:";
    private static final int EFFECTIVE = 2;

    private ProcessOwner() {}

    /**
     * The effective user ID (proc_pid_status(5)).
     *
     * @param pid a process
     * @return empty when it has ended
     */
    public static Optional<Integer> of(long pid) {
        var status = Path.of("/proc", Long.toString(pid), "status");
        try {
            return Files.readAllLines(status, StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith(LINE))
                    .map(line -> Integer.parseUnsignedInt(line.split("\\s+")[EFFECTIVE]))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes a directory in which a program may write, and nobody else but root.
     *
     * @param user the program's, as in an image; without one it is this process's
     * @return the directory, which the caller deletes
     * @throws IOException when it cannot be made, or given away
     */
    public static Path directoryOf(Optional<Integer> user) throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        var directory = Files.createTempDirectory("checkpointer", mode).toAbsolutePath();
        var own = of(ProcessHandle.current().pid());
        if (user.isPresent() && !user.equals(own) && own.equals(Optional.of(0))) {
            Files.setAttribute(directory, "unix:uid", user.get());
        }
        return directory;
    }
}
