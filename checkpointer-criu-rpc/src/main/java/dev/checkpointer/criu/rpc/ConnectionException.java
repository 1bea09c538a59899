package dev.checkpointer.criu.rpc;

/** CRIU did not answer as its protocol says. */
final class ConnectionException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    enum Reason {
        /** The other side is gone. */
        CLOSED,
        /** No answer came before the deadline. */
        LATE,
        /** The calling thread was interrupted. */
        INTERRUPTED,
        /** An answer came that is none, or none to what was asked. */
        WRONG
    }

    /** What went wrong. */
    private final Reason reason;

    ConnectionException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
