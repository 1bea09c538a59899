package dev.checkpointer.engine;

/**
 * What an engine can do.
 *
 * @since 0.1.0
 */
public enum EngineFeature {
    /** Writes an image at all. An engine without it only runs the notifications. */
    IMAGE,
    /** Dumps the calling JVM. */
    SELF_DUMP,
    /** Dumps another process. */
    OTHER_PROCESS,
    /** Lets the dumped process go on. */
    LEAVE_RUNNING,
    /** Starts images. */
    RESTORE
}
