package dev.checkpointer.criu;

/**
 * How a process ended, as waitpid(2) tells it.
 *
 * @since 0.1.0
 */
public final class WaitStatus {
    /** For a process whose end cannot be known. */
    public static final int UNKNOWN = -1;

    private static final int SIGNAL_MASK = 0x7f;
    private static final int EXIT_SHIFT = 8;
    private static final int EXIT_MASK = 0xff;
    private static final int SIGNALLED = 128;

    private WaitStatus() {}

    /**
     * The status as shells tell it.
     *
     * @param status what waitpid(2) said
     * @return the exit status, or 128 + N when signal N ended the process
     */
    public static int exitStatus(int status) {
        int signal = status & SIGNAL_MASK;
        return signal != 0 ? SIGNALLED + signal : status >> EXIT_SHIFT & EXIT_MASK;
    }
}
