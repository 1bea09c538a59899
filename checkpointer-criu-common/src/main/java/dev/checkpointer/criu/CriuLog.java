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
    private static final int LONGEST_LINE = 300;

    /**
     * CRIU puts a time, the PID and the place in its source around a message; "pie" is its code in the dumped process. Without
     * a time, as at low log levels, spaces before a short PID come first.
     */
    private static final Pattern ERROR =
            Pattern.compile("\\s*(?:\\([0-9.]+\\)\\s*)?(?:pie:\\s*)?(?:\\d+:\\s*)?Error(?: \\([^)]*\\))?: (.*)");

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
        return decisiveLines(lines(log).stream());
    }

    /**
     * Everything that may say why CRIU failed.
     *
     * @param log its log, which may be missing
     * @param said what it said besides, over a socket
     * @param output the file with what it or a script said elsewhere, which may be missing
     * @return at most eight lines of each, none longer than 300 characters
     */
    public static List<String> decisiveLines(Path log, List<String> said, Path output) {
        return Stream.of(decisiveLines(log), withoutHarmless(said), lines(output))
                .flatMap(lines -> lines.stream().limit(MOST_LINES))
                .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line)
                .distinct()
                .toList();
    }

    /** CRIU words what it says over a socket as in its log, but what cannot be read so may matter as well. */
    private static List<String> withoutHarmless(List<String> said) {
        return said.stream()
                .flatMap(line ->
                        ERROR.matcher(line).matches() ? decisiveLines(Stream.of(line)).stream() : Stream.of(line))
                .toList();
    }

    private static List<String> lines(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of(); // nothing was said, or there was no room even for this file
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
