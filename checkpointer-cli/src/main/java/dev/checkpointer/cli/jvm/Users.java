package dev.checkpointer.cli.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The names of users, from {@code /etc/passwd} (passwd(5)). */
public final class Users {
    private static final int NUMBER = 2;

    private final Map<String, String> names = new HashMap<>();

    /** Reads the file; where that fails, users have numbers alone. */
    public Users() {
        try {
            var text = new String(Files.readAllBytes(Path.of("/etc/passwd")), StandardCharsets.UTF_8);
            text.lines()
                    .map(line -> line.split(":"))
                    .filter(fields -> fields.length > NUMBER)
                    .forEach(fields -> names.putIfAbsent(fields[NUMBER], fields[0]));
        } catch (IOException e) {
            names.clear();
        }
    }

    /**
     * The name of a user.
     *
     * @param number its number
     * @return its name, or the number where it has none
     */
    public String name(long number) {
        return names.getOrDefault(Long.toString(number), Long.toString(number));
    }
}
