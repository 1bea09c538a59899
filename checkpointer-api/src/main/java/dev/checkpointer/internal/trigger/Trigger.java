package dev.checkpointer.internal.trigger;

/** Something that happens to a program and is to be followed by a checkpoint. For use by one thread. */
interface Trigger {
    /**
     * Waits until it happens.
     *
     * @return false when it cannot happen any more
     */
    boolean await() throws InterruptedException;

    /** Whether it may happen again, also in the restored program. */
    default boolean repeats() {
        return false;
    }
}
