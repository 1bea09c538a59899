package dev.checkpointer.engine;

/**
 * Why an engine failed, as far as a program may want to tell apart.
 *
 * @since 0.1.0
 */
public enum FailureKind {
    /** The engine, or what it drives, is not usable on this machine. */
    UNAVAILABLE,
    /** The user may not dump or restore. */
    PERMISSION,
    /** CRIU does not fit this kernel. */
    KERNEL,
    /** The image's file system is full. */
    NO_SPACE,
    /** The image directory cannot be written. */
    NOT_WRITABLE,
    /** The process holds something that cannot be written to an image. */
    UNSUPPORTED_RESOURCE,
    /** A rule about descriptors, or {@code checkpointer.descriptors=strict}, forbids the dump, or the rules cannot be read. */
    POLICY,
    /** The process holds a connected TCP socket. */
    TCP_CONNECTION,
    /** The process holds file locks and dumping them was not asked for. */
    FILE_LOCK,
    /** The process belongs to a session or terminal of somebody else and that was not asked for. */
    SHELL_JOB,
    /** The dumping process would be part of what it dumps. */
    WITHIN_DUMPED_TREE,
    /** There is no such process. */
    NO_SUCH_PROCESS,
    /** There is no complete image. */
    IMAGE_INCOMPLETE,
    /** The image was refused before CRIU was started. */
    IMAGE_REFUSED,
    /** The image is damaged. */
    IMAGE_DAMAGED,
    /** A file that the process uses changed since the dump. */
    FILE_CHANGED,
    /** A PID of the image is in use. */
    PID_TAKEN,
    /** A tool that the request needs is not on this machine. */
    TOOL_MISSING,
    /** The deadline passed. */
    TIMEOUT,
    /** The program runs, but resources of it failed when they were notified. */
    NOT_READY,
    /** CRIU was killed. */
    KILLED,
    /** The calling thread was interrupted. */
    INTERRUPTED,
    /** Anything else; the log lines say more. */
    OTHER
}
