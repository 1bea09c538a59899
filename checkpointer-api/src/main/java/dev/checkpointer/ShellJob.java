package dev.checkpointer;

/**
 * Whether the process to dump belongs to a session or terminal of somebody else.
 *
 * @since 0.1.0
 */
public enum ShellJob {
    /** Look at the process. */
    AUTO,
    /** It does. */
    TRUE,
    /** It does not. */
    FALSE
}
