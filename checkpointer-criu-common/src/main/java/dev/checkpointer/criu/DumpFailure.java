package dev.checkpointer.criu;

import dev.checkpointer.ImageDirectory;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Turns the failure of a dump into an exception: with the lines of the log that decide, and what is known of them. Made
 * before the dump begins.
 *
 * @since 0.1.0
 */
public final class DumpFailure {
    /** Where CRIU's standard output and error go: what it says before it has a log. A file of the staging directory. */
    public static final String OUTPUT = "dump.out";

    /** As timeout(1) ends when the deadline passed. */
    public static final int TIMED_OUT = 124;

    /** As timeout(1) ends when it has killed CRIU. */
    public static final int KILLED = 128 + 9;

    /** Statuses above tell by which signal CRIU was killed. */
    private static final int SIGNALLED = 128;

    private final CriuCommand criu;
    private final Path directory;
    private final Duration timeout;
    private final long begin = System.nanoTime();

    /**
     * For a dump that begins now.
     *
     * @param criu the command that dumps
     * @param directory the staging directory
     * @param timeout the deadline
     */
    public DumpFailure(CriuCommand criu, Path directory, Duration timeout) {
        this.criu = criu;
        this.directory = directory;
        this.timeout = timeout;
    }

    /**
     * The deadline as timeout(1) reads it.
     *
     * @param timeout the deadline
     * @return seconds with three decimals
     */
    public static String seconds(Duration timeout) {
        return String.format(Locale.ROOT, "%d.%03d", timeout.toSeconds(), timeout.toMillisPart());
    }

    /**
     * The failure of a dump that ended with a status.
     *
     * @param status the exit status of {@code timeout criu}
     * @return the exception to throw
     */
    public EngineException ended(int status) {
        if (status == TIMED_OUT || status == KILLED && late()) {
            return timedOut();
        }
        boolean killed = status > SIGNALLED;
        return failed(
                List.of(),
                killed ? FailureKind.KILLED : FailureKind.OTHER,
                killed
                        ? "CRIU was killed during the dump"
                        : "CRIU " + criu.version() + " (" + criu.path() + ") ended with status " + status);
    }

    /**
     * The failure of a dump whose CRIU is gone without having said how the dump ended.
     *
     * @return the exception to throw
     */
    public EngineException silent() {
        return late() ? timedOut() : failed(List.of(), FailureKind.KILLED, "CRIU was killed during the dump");
    }

    private boolean late() {
        return System.nanoTime() - begin >= timeout.toNanos();
    }

    /**
     * The failure of a dump that took too long.
     *
     * @return the exception to throw
     */
    public EngineException timedOut() {
        return new EngineException(
                FailureKind.TIMEOUT,
                "the dump took longer than " + seconds(timeout) + " s",
                "Set a longer checkpointer.timeout",
                lines(List.of()),
                log());
    }

    /**
     * A failure of which the log knows more.
     *
     * @param said what CRIU said besides its log
     * @param otherwise the kind of failure when nothing is known of those lines
     * @param message what happened, when nothing is known of those lines
     * @return the exception to throw
     */
    public EngineException failed(List<String> said, FailureKind otherwise, String message) {
        var lines = lines(said);
        var known = KnownFailure.find(KnownFailure.Phase.DUMP, lines);
        if (known.isPresent()) {
            return new EngineException(
                    known.get().kind(),
                    "cannot dump: " + known.get().cause(),
                    known.get().remedy(),
                    lines,
                    log());
        }
        var remedy = otherwise == FailureKind.KILLED ? "Try again" : "The log says more";
        return new EngineException(otherwise, message, remedy, lines, log());
    }

    private Path log() {
        var log = directory.resolve(ImageDirectory.LOG);
        return Files.exists(log) ? log : null;
    }

    private List<String> lines(List<String> said) {
        return CriuLog.decisiveLines(directory.resolve(ImageDirectory.LOG), said, directory.resolve(OUTPUT));
    }
}
