package dev.checkpointer.criu;

import dev.checkpointer.Manifest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks whether somebody else could have changed an image. The launcher looks at the same things. */
final class ImageTrust {
    private static final int PERMISSIONS = 07777;
    private static final int OTHERS = 077;
    private static final int ROOT = 0;

    private ImageTrust() {}

    static void check(Image image) throws EngineException {
        try {
            checkDirectory(image.directory());
            for (var name : files(image)) {
                checkFile(image.directory(), name);
            }
        } catch (IOException e) {
            throw refused("cannot look at the image in " + image.directory() + ": " + e, "Restore as its owner");
        }
    }

    private static List<String> files(Image image) {
        var names = new ArrayList<>(List.of(Manifest.FILE));
        names.addAll(image.manifest().withPrefix("image.").keySet());
        return names;
    }

    private static void checkDirectory(Path directory) throws IOException, EngineException {
        if (Files.isSymbolicLink(directory)) {
            throw refused(directory + " is a symbolic link", "Name the directory itself, " + directory.toRealPath());
        }
        Map<String, Object> facts = Files.readAttributes(directory, "unix:mode,uid");
        var owner = facts.get("uid");
        int user = ThisProcess.user();
        if (!owner.equals(user)) {
            throw user == ROOT
                    ? refused(
                            "the image in " + directory + " belongs to user " + owner
                                    + ", who would get the rights of root",
                            "Restore as that user")
                    : refused(
                            "the image in " + directory + " belongs to another user",
                            "Restore as its owner, or as root");
        }
        int mode = (int) facts.get("mode") & PERMISSIONS;
        if ((mode & OTHERS) != 0) {
            throw refused(
                    "others may read or change the image in " + directory + " (mode " + Integer.toOctalString(mode)
                            + ")",
                    "If nobody did, chmod 700 " + directory);
        }
    }

    /** A service of CRIU writes as root what is another user's. */
    private static void checkFile(Path directory, String name) throws IOException, EngineException {
        var file = directory.resolve(name);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return; // the image is damaged, which is told by who looks at sizes
        }
        if (Files.isSymbolicLink(file)) {
            throw refused(
                    "the image in " + directory + " was changed: " + name + " is a symbolic link",
                    "Copy the file itself into its place");
        }
        var owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(ThisProcess.user()) && !owner.equals(ROOT)) {
            throw refused(
                    name + " in the image in " + directory + " belongs to another user",
                    "Make the checkpoint again, or give the file to this user");
        }
    }

    private static EngineException refused(String message, String remedy) {
        return new EngineException(
                FailureKind.IMAGE_REFUSED, message, remedy + ", or trust the image when you know what is in it");
    }
}
