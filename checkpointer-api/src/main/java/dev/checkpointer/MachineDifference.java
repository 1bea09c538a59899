package dev.checkpointer;

import java.util.Locale;

/**
 * In what a machine may differ from the one on which an image was made, so that a restore is refused unless the difference is
 * ignored.
 *
 * @since 0.1.0
 */
public enum MachineDifference {
    /** The version of CRIU. */
    CRIU,
    /** The version of the kernel. */
    KERNEL,
    /** The architecture or the features of the processor. */
    CPU,
    /** The build of the JDK. */
    JDK,
    /** A file that the program has mapped or open. */
    FILES;

    /**
     * How the command calls it.
     *
     * @return one word
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
