package dev.checkpointer.manager.archive;

import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;

/** What is told of an archive that is not taken. */
final class Refusal {
    private static final String DAMAGED = "the archive is damaged: ";
    private static final String AGAIN = "Copy the archive again, or export the image again";
    private static final int MOST_SHOWN = 100;

    private Refusal() {}

    static ManagerException noArchive(String found) {
        return new ManagerException(
                Kind.INVALID,
                "this is no archive of checkpointer: " + found,
                "Name a file that an export of checkpointer wrote");
    }

    static ManagerException damaged(String what) {
        return new ManagerException(Kind.INVALID, DAMAGED + what, AGAIN);
    }

    /** What a stream or the JSON stumbled over. */
    static ManagerException damaged(IOException cause) {
        return new ManagerException(Kind.INVALID, DAMAGED + shown(String.valueOf(cause.getMessage())), AGAIN, cause);
    }

    static ManagerException undecryptable(IOException cause) {
        return new ManagerException(
                Kind.INVALID,
                "the archive cannot be decrypted: it was encrypted with another key, or changed or cut off since then",
                "Give the key that it was exported with; if it is that one, copy the archive again",
                cause);
    }

    static ManagerException newer(String what) {
        return new ManagerException(
                Kind.INVALID,
                "the archive was written by a newer version of checkpointer: " + what,
                "Import it with that version or a later one");
    }

    static ManagerException noImageFile(String name) {
        return new ManagerException(
                Kind.INVALID,
                "the archive has '" + shown(name) + "', which belongs to no image",
                "Import nothing from where it came from");
    }

    /** A file of the archive that its manifest has not. */
    static ManagerException undeclared(String name) {
        return ImageContent.isFile(name) ? damaged(name + " is not in its manifest") : noImageFile(name);
    }

    static ManagerException noFile(String name, String kind) {
        return new ManagerException(
                Kind.INVALID,
                "the archive has '" + shown(name) + "' as " + kind + ", where an image has files alone",
                "Import nothing from where it came from");
    }

    /** Names come from strangers. */
    static String shown(String name) {
        var text = new StringBuilder();
        name.codePoints()
                .limit(MOST_SHOWN)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(text::appendCodePoint);
        return text.toString();
    }
}
