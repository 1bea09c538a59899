package javax.crac;

/**
 * A restored program some of whose resources did not come back. Every cause is a suppressed exception.
 *
 * @since 0.1.0
 */
public class RestoreException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Without a message. */
    public RestoreException() {}

    /**
     * With a message.
     *
     * @param message what happened
     */
    public RestoreException(String message) {
        super(message);
    }
}
