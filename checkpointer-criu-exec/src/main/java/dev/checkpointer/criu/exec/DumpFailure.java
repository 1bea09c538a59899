package dev.checkpointer.criu.exec;

import dev.checkpointer.ImageDirectory;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.CriuLog;
import dev.checkpointer.criu.KnownFailure;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns the exit status of {@code timeout criu dump} and what it wrote into an exception. */
final class DumpFailure {
    /** Where CRIU's standard output and error go: what it says before it has a log. */
    static final String OUTPUT = "dump.out";

    /** As timeout(1) ends when the deadline passed. */
    private static final int TIMED_OUT = 124;

    private static final int KILLED = 128 + 9;
    private static final int MOST_OUTPUT_LINES = 8;

    private final CriuCommand criu;
    private final Path directory;
    private final Duration timeout;
    private final long begin = System.nanoTime();

    DumpFailure(CriuCommand criu, Path directory, Duration timeout) {
        this.criu = criu;
        this.directory = directory;
        this.timeout = timeout;
    }

    static String seconds(Duration timeout) {
        return String.format(Locale.ROOT, "%d.%03d", timeout.toSeconds(), timeout.toMillisPart());
    }

    EngineException failure(int status) {
        var log = directory.resolve(ImageDirectory.LOG);
        var lines = lines(log);
        var place = Files.exists(log) ? log : null;
        boolean late = System.nanoTime() - begin >= timeout.toNanos();
        if (status == TIMED_OUT || status == KILLED && late) {
            return new EngineException(
                    FailureKind.TIMEOUT,
                    "the dump took longer than " + seconds(timeout) + " s",
                    "Set a longer checkpointer.timeout",
                    lines,
                    place);
        }
        var known = KnownFailure.find(KnownFailure.Phase.DUMP, lines);
        if (known.isPresent()) {
            return new EngineException(
                    known.get().kind(),
                    "cannot dump: " + known.get().cause(),
                    known.get().remedy(),
                    lines,
                    place);
        }
        if (status == KILLED) {
            return new EngineException(
                    FailureKind.KILLED, "CRIU was killed during the dump", "Try again", lines, place);
        }
        return new EngineException(
                FailureKind.OTHER,
                "CRIU " + criu.version() + " (" + criu.path() + ") ended with status " + status,
                "The log says more",
                lines,
                place);
    }

    /** CRIU's errors, and what it or the script said outside the log. */
    private List<String> lines(Path log) {
        var lines = new ArrayList<>(CriuLog.decisiveLines(log));
        try {
            var output = new String(Files.readAllBytes(directory.resolve(OUTPUT)), StandardCharsets.UTF_8);
            output.lines().limit(MOST_OUTPUT_LINES).forEach(lines::add);
        } catch (IOException e) {
            return lines; // there was no room even for this file
        }
        return lines;
    }
}
