package dev.checkpointer.criu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Shell scripts as resources, and quoting for them.
 *
 * @since 0.1.0
 */
public final class Shell {
    private Shell() {}

    /**
     * Reads a script. It is handed to {@code sh -c}, so that nothing has to be unpacked.
     *
     * @param script a resource of the caller's module
     * @return its text
     */
    public static String read(InputStream script) {
        try (script) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A word as a shell reads it back.
     *
     * @param word any text
     * @return the quoted word
     */
    public static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /**
     * A command as a shell reads it back.
     *
     * @param command its words
     * @return the quoted words, separated by spaces
     */
    public static String quote(List<String> command) {
        return command.stream().map(Shell::quote).collect(Collectors.joining(" "));
    }
}
