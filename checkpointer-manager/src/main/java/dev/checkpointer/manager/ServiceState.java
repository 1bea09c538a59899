package dev.checkpointer.manager;

import java.util.Locale;

/**
 * What a service is doing.
 *
 * @since 0.1.0
 */
public enum ServiceState {
    /** Its program is about to run. */
    STARTING,
    /** Its program runs. */
    RUNNING,
    /** Its program is being written to an image. */
    DUMPING,
    /** Its program was written to an image, and has ended with that. */
    DUMPED,
    /** Its program is being brought back from an image. */
    RESTORING,
    /** Its program was brought back from an image, and is stopped until somebody wants it. */
    STANDBY,
    /** Its program was on standby, and is let go. */
    ACTIVATING,
    /** Its program was asked to end. */
    STOPPING,
    /** Its program ended since it was asked to. */
    STOPPED,
    /** Its program has ended by itself, or could not be started; there is a reason. */
    DEAD;

    /**
     * As commands and documents spell it.
     *
     * @return lower case
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ServiceState parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** Whether something of the program runs. */
    boolean busy() {
        return this != DUMPED && this != STOPPED && this != DEAD;
    }
}
