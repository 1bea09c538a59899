package dev.checkpointer;

/**
 * Whether a program is restored into a PID namespace of its own.
 *
 * @since 0.1.0
 */
public enum PidNamespace {
    /** When a PID of the image is in use. */
    AUTO,
    /** In any case. */
    ALWAYS,
    /** Never; a PID that is in use is an error. */
    NEVER
}
