package dev.checkpointer.criu;

import dev.checkpointer.engine.FailureKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A failure of CRIU that is understood: the line of the log that gives it away, what it means, and what to do. The list
 * is the resource {@code known-failures}, whose restore part the launcher carries as well.
 *
 * @param phase when it happens
 * @param kind the kind of failure
 * @param pattern what a line of the log contains
 * @param cause what it means, one clause
 * @param remedy what to do, one sentence without its full stop
 * @since 0.1.0
 */
public record KnownFailure(Phase phase, FailureKind kind, Pattern pattern, String cause, String remedy) {
    private static final List<KnownFailure> ALL = load();

    /** When a failure happens. */
    public enum Phase {
        /** While dumping. */
        DUMP,
        /** While restoring. */
        RESTORE
    }

    /**
     * Finds the first known failure in what CRIU said.
     *
     * @param phase when it happened
     * @param lines lines of the log or of CRIU's output
     * @return the failure, empty when none is known
     */
    public static Optional<KnownFailure> find(Phase phase, List<String> lines) {
        return ALL.stream()
                .filter(failure -> failure.phase == phase)
                .filter(failure -> lines.stream()
                        .anyMatch(line -> failure.pattern.matcher(line).find()))
                .findFirst();
    }

    /**
     * All known failures, the most telling ones first.
     *
     * @return the list
     */
    public static List<KnownFailure> all() {
        return ALL;
    }

    private static List<KnownFailure> load() {
        try (var resource = KnownFailure.class.getResourceAsStream("known-failures");
                var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(KnownFailure::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KnownFailure parse(String line) {
        var fields = line.split("~");
        return new KnownFailure(
                Phase.valueOf(fields[0].toUpperCase(Locale.ROOT)),
                FailureKind.valueOf(fields[1]),
                Pattern.compile(fields[2]),
                fields[3],
                fields[4]);
    }
}
