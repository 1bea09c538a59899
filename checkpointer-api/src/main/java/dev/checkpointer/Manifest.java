package dev.checkpointer;

import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of an image apart from CRIU's files: lines {@code key=value} in UTF-8, in the file {@code manifest} of
 * the image directory. A shell reads it too, so a value is one line; control characters are written as {@code ?}.
 * Immutable.
 *
 * @since 0.1.0
 */
public final class Manifest {
    /** The file of a finished image. */
    public static final String FILE = "manifest";

    /** The file of an image that is not finished. */
    public static final String DRAFT = "manifest.part";

    /** The number of this format. An image with a higher one comes from a newer version. */
    public static final int FORMAT = 1;

    private static final long MOST_BYTES = 1L << 20;

    private static final String FORMAT_KEY = "format";

    private final Map<String, String> values;

    private Manifest(Map<String, String> values) {
        this.values = values;
    }

    /**
     * A manifest of this format.
     *
     * @param values the other lines, in their order
     * @return the manifest
     */
    public static Manifest of(Map<String, String> values) {
        var lines = new LinkedHashMap<String, String>();
        lines.put(FORMAT_KEY, Integer.toString(FORMAT));
        values.forEach((key, value) -> lines.put(key, oneLine(value)));
        return new Manifest(lines);
    }

    /**
     * Reads a manifest.
     *
     * @param file the file
     * @return the manifest
     * @throws ImageException when the file is missing, cannot be read, is no manifest or has a newer format
     */
    public static Manifest read(Path file) throws ImageException {
        var values = new LinkedHashMap<String, String>();
        for (var line : lines(file)) {
            int sign = line.indexOf('=');
            if (sign > 0) {
                values.put(line.substring(0, sign), line.substring(sign + 1));
            }
        }
        var format = values.getOrDefault(FORMAT_KEY, "");
        if (!format.matches("[0-9]{1,9}")) {
            throw new ImageException(
                    FailureKind.IMAGE_INCOMPLETE,
                    file + " is no manifest of an image: it has no format number",
                    "Make the checkpoint again");
        }
        if (Integer.parseInt(format) > FORMAT) {
            throw new ImageException(
                    FailureKind.IMAGE_REFUSED,
                    file + " has format " + format + ", this version of checkpointer reads up to " + FORMAT,
                    "Restore with checkpointer " + values.getOrDefault("checkpointer", "of a newer version")
                            + " or later");
        }
        return new Manifest(values);
    }

    private static Iterable<String> lines(Path file) throws ImageException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ImageException(
                        FailureKind.IMAGE_INCOMPLETE,
                        file + " is no manifest of an image: it has more than " + MOST_BYTES + " bytes",
                        "Make the checkpoint again");
            }
            return new ArrayList<>(Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    FailureKind.IMAGE_INCOMPLETE, "there is no " + file, "Name the directory of a finished image");
        } catch (CharacterCodingException e) {
            throw new ImageException(
                    FailureKind.IMAGE_INCOMPLETE,
                    file + " is no manifest of an image: it is no text",
                    "Make the checkpoint again");
        } catch (IOException e) {
            throw new ImageException(
                    FailureKind.IMAGE_INCOMPLETE,
                    "cannot read " + file + ": " + e,
                    "Read it as the owner of the image, or as root");
        }
    }

    /**
     * Writes the manifest, replacing the file.
     *
     * @param file the file
     * @throws IOException when that fails
     */
    public void write(Path file) throws IOException {
        var text = new StringBuilder();
        values.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        Files.writeString(file, text);
    }

    /**
     * One value.
     *
     * @param key its key
     * @return the value, empty when there is no such line
     */
    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /**
     * The values of all keys that begin alike.
     *
     * @param prefix how the keys begin
     * @return the values by the rest of their keys, in the order of the lines
     */
    public Map<String, String> withPrefix(String prefix) {
        var found = new LinkedHashMap<String, String>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private static String oneLine(String value) {
        return value.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
