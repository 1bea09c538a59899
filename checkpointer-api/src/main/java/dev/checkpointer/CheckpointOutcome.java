package dev.checkpointer;

/**
 * How a checkpoint returned.
 *
 * @since 0.1.0
 */
public enum CheckpointOutcome {
    /** This is the restored program; or the engine {@code simulate} pretends so. */
    RESTORED,
    /** The image is written and the program that was dumped goes on. */
    CONTINUED
}
