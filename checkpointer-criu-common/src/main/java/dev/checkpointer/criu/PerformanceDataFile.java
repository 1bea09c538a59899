package dev.checkpointer.criu;

import dev.checkpointer.ImageDirectory;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;

/**
 * The JVM's file {@code /tmp/hsperfdata_USER/PID}, which the image keeps a copy of. Any other JVM of the user removes the
 * file of a PID that is gone, and the program itself when it ends.
 */
final class PerformanceDataFile {
    private static final Pattern PLACE = Pattern.compile("/.+/hsperfdata_[^/]+/[0-9]+");

    private PerformanceDataFile() {}

    /** Puts it back, as a new file each time, which leaves that of another clone alone. */
    static void putBack(Image image) throws EngineException {
        var copy = image.directory().resolve(ImageDirectory.PERFORMANCE_DATA);
        var place = image.manifest().get("perfdata").map(Path::of);
        if (place.isEmpty() || !Files.exists(copy)) {
            return;
        }
        requirePlace(image.directory(), place.get());
        try {
            var owner = Files.readAttributes(copy, PosixFileAttributes.class);
            makeDirectory(place.get().getParent(), owner);
            // Beside the directory: a JVM that starts removes from it what it does not know.
            var draft = Files.createTempFile(place.get().getParent().getParent(), "checkpointer", null);
            try {
                Files.copy(copy, draft, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                Files.move(draft, place.get(), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED,
                    "cannot put back the JVM's performance data file: " + e,
                    "Make room for it, or free its place");
        }
    }

    /** The manifest may be somebody else's work, and a file is written there. */
    static void requirePlace(Path image, Path place) throws EngineException {
        if (!PLACE.matcher(place.toString()).matches() || !place.equals(place.normalize())) {
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED,
                    "the image in " + image + " has its performance data in " + place + ", which no JVM does",
                    "The image was changed; do not restore it");
        }
    }

    private static void makeDirectory(Path directory, PosixFileAttributes owner) throws IOException, EngineException {
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            var view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
            if (!view.readAttributes().owner().equals(owner.owner())) {
                view.setOwner(owner.owner());
                view.setGroup(owner.group());
            }
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED,
                    directory + ", where the JVM keeps its performance data, is not a directory",
                    "Remove it");
        }
    }
}
