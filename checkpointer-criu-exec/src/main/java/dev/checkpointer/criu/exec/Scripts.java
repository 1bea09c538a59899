package dev.checkpointer.criu.exec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The shell scripts in this package. They are handed to {@code sh -c}, so that nothing has to be unpacked. */
final class Scripts {
    private Scripts() {}

    static String read(String name) {
        try (var resource = Scripts.class.getResourceAsStream(name)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command as a shell reads it back. */
    static String quote(List<String> command) {
        return command.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
