package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;

/** Files that nobody else may read. */
final class Secrets {
    private Secrets() {}

    /** In the form of {@code --env-file}, which has no line feeds in values. */
    static void write(Path file, Map<String, String> variables) throws IOException {
        for (var variable : variables.entrySet()) {
            if (variable.getValue().indexOf('\n') >= 0 || variable.getKey().indexOf('\n') >= 0) {
                throw new IOException("the variable " + variable.getKey().strip() + " has a line feed");
            }
        }
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(
                file,
                variables.entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue() + "\n")
                        .collect(Collectors.joining())
                        .getBytes(StandardCharsets.UTF_8));
    }
}
