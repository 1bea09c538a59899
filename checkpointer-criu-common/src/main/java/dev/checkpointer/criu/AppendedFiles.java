package dev.checkpointer.criu;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The files that a program appends to, which may have been rotated away or deleted since the dump. */
final class AppendedFiles {
    private AppendedFiles() {}

    /** Begins those anew that are missing, each a line {@code MODE UID:GID PATH} of the manifest. */
    static void makeMissing(Image image) throws EngineException {
        for (var line : image.manifest().withPrefix("append.").values()) {
            var words = line.split(" ", 3);
            var file = Path.of(words[2]);
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.isDirectory(file.toAbsolutePath().getParent())) {
                try {
                    make(file, Integer.parseInt(words[0], 8), words[1].split(":"));
                } catch (IOException e) {
                    throw new EngineException(
                            FailureKind.FILE_CHANGED,
                            "cannot make " + file + " anew, which the program appends to: " + e,
                            "Make it, or make the checkpoint again");
                }
            }
        }
    }

    private static void make(Path file, int mode, String[] owner) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.setAttribute(file, "unix:mode", mode);
        if (!Files.getAttribute(file, "unix:uid").equals(Integer.valueOf(owner[0]))) {
            Files.setAttribute(file, "unix:uid", Integer.valueOf(owner[0]));
            Files.setAttribute(file, "unix:gid", Integer.valueOf(owner[1]));
        }
    }
}
