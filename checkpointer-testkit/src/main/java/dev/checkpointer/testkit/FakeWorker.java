package dev.checkpointer.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A command that stands in for {@code criu} and, as {@code criu swrk}, answers as it is told. For faults that the real one
 * does not show.
 *
 * @since 0.1.0
 */
public enum FakeWorker {
    /** Ends at once. */
    END_OF_FILE,
    /** Sends a message that is cut off. */
    HALF_MESSAGE,
    /** Sends a message of 1 MiB, which root alone may. */
    LARGE_MESSAGE,
    /** Tells a stage that nobody knows, and then what became of that. */
    UNKNOWN_STAGE,
    /** Answers something else. */
    WRONG_TYPE,
    /** Answers that it does not know the request. */
    UNKNOWN_REQUEST,
    /** Says that it failed, and no more. */
    FAILURE,
    /** Says that it failed, and why. */
    FAILURE_WITH_MESSAGE,
    /** Says nothing. */
    SILENCE;

    /**
     * Writes the command.
     *
     * @param directory where
     * @return the command, whose version is 4.2.1
     * @throws IOException when it cannot be written
     */
    public Path command(Path directory) throws IOException {
        var program = directory.resolve("fake-worker.pl");
        try (var resource = FakeWorker.class.getResourceAsStream("fake-worker.pl")) {
            Files.write(program, resource.readAllBytes());
        }
        var scenario = name().toLowerCase(Locale.ROOT).replace('_', '-');
        var text = """
                #!/bin/sh
                if [ "$1" = --version ]; then echo Version: 4.2.1; exit; fi
                exec perl '%s' %s "$2"
                """.formatted(program, scenario);
        var command = Files.write(directory.resolve("criu"), text.getBytes(StandardCharsets.UTF_8));
        if (!command.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + command + " executable");
        }
        return command;
    }
}
