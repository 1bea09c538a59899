package dev.checkpointer.criu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the lines of CRIU's log that say why it failed: the errors, without those that CRIU reports and survives.
 *
 * @since 0.1.0
 */
public final class CriuLog {
    private static final int MOST_LINES = 8;

    /** CRIU puts a time, the PID and the place in its source around a message; "pie" is its code in the dumped process. */
    private static final Pattern ERROR =
            Pattern.compile("(?:\\([0-9.]+\\)\\s*)?(?:pie: )?(?:\\d+:\\s*)?Error(?: \\([^)]*\\))?: (.*)");

    /** Seen in dumps and restores that went well. */
    private static final Pattern HARMLESS = Pattern.compile("rlimit: Can't setup RLIMIT_NOFILE.*|.*kdat.*");

    private CriuLog() {}

    /**
     * Reads a log.
     *
     * @param log the file, which may be missing
     * @return its decisive lines, at most eight
     */
    public static List<String> decisiveLines(Path log) {
        try {
            var text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            return decisiveLines(text.lines());
        } catch (IOException e) {
            return List.of(); // CRIU ended before it had a log
        }
    }

    /**
     * Picks the decisive lines.
     *
     * @param lines the log
     * @return the messages of the errors that matter, at most eight
     */
    public static List<String> decisiveLines(Stream<String> lines) {
        return lines.map(ERROR::matcher)
                .filter(match -> match.matches())
                .map(match -> match.group(1).strip())
                .filter(message -> !HARMLESS.matcher(message).matches())
                .distinct()
                .limit(MOST_LINES)
                .toList();
    }
}
