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
    /** Writes most of another process's memory while it still runs. */
    PRE_DUMP,
    /** Starts images. */
    RESTORE,
    /** Starts an image as a child of this JVM, which learns its exit status. */
    RESTORE_CHILD,
    /** Lets the restored program run before its memory is there. */
    LAZY_RESTORE,
    /** Gives the restored program other standard streams and descriptors. */
    INHERIT_DESCRIPTORS,
    /** Tells a {@link StageListener} how far a dump or restore is. */
    NOTIFY,
    /** Works for users without the rights of root, with a CRIU that has file capabilities. */
    UNPRIVILEGED,
    /** Has a privileged daemon do the work, so that nothing else needs rights. */
    SERVICE
}
