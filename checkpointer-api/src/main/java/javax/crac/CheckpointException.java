package javax.crac;

/**
 * A checkpoint that did not take place; the program goes on as before. Every cause is a suppressed exception.
 *
 * @since 0.1.0
 */
public class CheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Without a message. */
    public CheckpointException() {}

    /**
     * With a message.
     *
     * @param message what happened
     */
    public CheckpointException(String message) {
        super(message);
    }
}
