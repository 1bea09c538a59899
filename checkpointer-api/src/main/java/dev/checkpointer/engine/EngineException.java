package dev.checkpointer.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An engine's failure: what happened, the decisive lines of the log, where the log is, and what to do.
 *
 * @since 0.1.0
 */
public class EngineException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure. */
    private final FailureKind kind;

    private final transient List<String> logLines;
    private final transient Path log;
    /** What to do. */
    private final String remedy;
    /** What happened, without the rest. */
    private final String summary;

    /**
     * A failure without a log.
     *
     * @param kind what kind of failure
     * @param message what was expected and what was found
     * @param remedy what to do, one sentence
     */
    public EngineException(FailureKind kind, String message, String remedy) {
        this(kind, message, remedy, List.of(), null);
    }

    /**
     * A failure with a log.
     *
     * @param kind what kind of failure
     * @param message what was expected and what was found
     * @param remedy what to do, one sentence
     * @param logLines the lines of the log that decide, may be empty
     * @param log where the log is, or null when there is none
     */
    public EngineException(FailureKind kind, String message, String remedy, List<String> logLines, Path log) {
        super(text(message, remedy, logLines, log));
        this.kind = kind;
        this.logLines = List.copyOf(logLines);
        this.log = log;
        this.remedy = remedy;
        this.summary = message;
    }

    private static String text(String message, String remedy, List<String> logLines, Path log) {
        var text = new StringBuilder(message);
        if (!remedy.isEmpty()) {
            text.append(". ").append(remedy);
        }
        for (var line : logLines) {
            text.append("\n  ").append(line);
        }
        if (log != null) {
            text.append("\n  log: ").append(log);
        }
        return text.toString();
    }

    /**
     * The message without the remedy and the log.
     *
     * @return what was expected and what was found
     */
    public String summary() {
        return summary;
    }

    /**
     * What kind of failure it is.
     *
     * @return the kind
     */
    public FailureKind kind() {
        return kind;
    }

    /**
     * The lines of the log that decide.
     *
     * @return the lines, empty when there is no log
     */
    public List<String> logLines() {
        return logLines == null ? List.of() : logLines;
    }

    /**
     * Where the log is.
     *
     * @return the log, empty when there is none
     */
    public Optional<Path> log() {
        return Optional.ofNullable(log);
    }

    /**
     * What to do about it.
     *
     * @return one sentence, empty when nothing is known
     */
    public String remedy() {
        return remedy;
    }
}
