package dev.checkpointer;

/**
 * What {@link System#nanoTime()}, and with it every timed wait, makes of the time between a checkpoint and its restore. The
 * time of day is always the real one.
 *
 * @since 0.1.0
 */
public enum TimeMode {
    /** {@link #CONTINUE} where a restore has the rights for that, otherwise whatever the machine's clock shows. */
    AUTO,
    /** The clock goes on where it stopped. A restore that lacks the rights for that is refused. */
    CONTINUE,
    /** The time counts: what was due meanwhile is due at once. A restore that cannot do that is refused. */
    ELAPSED
}
