package dev.checkpointer.manager;

import java.util.Objects;

/**
 * What a service or an image was asked for cannot be done, with what to do about it. Nothing was changed then, unless the message
 * says so.
 *
 * @since 0.1.0
 */
public final class ManagerException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of answer it is. */
    public enum Kind {
        /** The request has a mistake. */
        INVALID,
        /** There is nothing of that name. */
        MISSING,
        /** The object is not in a state, or the name not free, for what was asked. */
        CONFLICT,
        /** This user may not ask for that. */
        FORBIDDEN,
        /** The request is larger than any good one. */
        TOO_LARGE,
        /** It was tried and failed. */
        FAILED
    }

    private final Kind kind;
    private final String remedy;

    /**
     * A failure without a cause.
     *
     * @param kind what kind of answer it is
     * @param message what is wrong, as part of a sentence
     * @param remedy what to do about it, as a sentence without its full stop; may be empty
     */
    public ManagerException(Kind kind, String message, String remedy) {
        this(kind, message, remedy, null);
    }

    /**
     * A failure.
     *
     * @param kind what kind of answer it is
     * @param message what is wrong, as part of a sentence
     * @param remedy what to do about it, as a sentence without its full stop; may be empty
     * @param cause may be null
     */
    public ManagerException(Kind kind, String message, String remedy, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
        this.remedy = Objects.requireNonNull(remedy);
    }

    /**
     * What kind of answer it is.
     *
     * @return never null
     */
    public Kind kind() {
        return kind;
    }

    /**
     * What to do about it.
     *
     * @return a sentence without its full stop, or an empty one
     */
    public String remedy() {
        return remedy;
    }
}
