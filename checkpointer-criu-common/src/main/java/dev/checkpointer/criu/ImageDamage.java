package dev.checkpointer.criu;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A file of an image that is not as it was.
 *
 * @param file its name in the image's directory
 * @param kind what is wrong with it
 * @param message the same for people, as part of a sentence that names the file
 * @since 0.1.0
 */
public record ImageDamage(String file, Kind kind, String message) {
    /** What can be wrong with a file. */
    public enum Kind {
        /** It is not there, or no regular file. */
        MISSING,
        /** It has not the size that it had when the image was finished. */
        SIZE,
        /** It has not the content that it had when its hash was noted. */
        CONTENT,
        /** Hashes were noted, but none of it. */
        HASH,
        /** It cannot be read, or not be understood. */
        UNREADABLE
    }

    static ImageDamage missing(String file, String bytes) {
        return new ImageDamage(file, Kind.MISSING, size(file, bytes).message());
    }

    static ImageDamage size(String file, String bytes) {
        return new ImageDamage(
                file,
                Kind.SIZE,
                file + " has not the size of " + bytes + " bytes that it had when the image was finished");
    }

    static ImageDamage content(String file) {
        return new ImageDamage(file, Kind.CONTENT, file + " has not the content that it had when its hash was noted");
    }

    static ImageDamage hash(String file) {
        return new ImageDamage(file, Kind.HASH, "there is no hash of " + file);
    }

    static ImageDamage unreadable(String file, String why) {
        return new ImageDamage(file, Kind.UNREADABLE, file + " cannot be read: " + why);
    }

    Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        document.put("file", file);
        document.put("kind", kind.name().toLowerCase(Locale.ROOT));
        document.put("message", message);
        return document;
    }

    /** As a failure of what needs the whole image. */
    EngineException in(Path directory) {
        return new EngineException(
                FailureKind.IMAGE_INCOMPLETE,
                "the image in " + directory + " is damaged: " + message,
                "Copy the image again, or make the checkpoint again");
    }
}
