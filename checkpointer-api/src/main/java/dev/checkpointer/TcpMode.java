package dev.checkpointer;

/**
 * What happens to connected TCP sockets.
 *
 * @since 0.1.0
 */
public enum TcpMode {
    /** A connected socket prevents the checkpoint. */
    REFUSE,
    /** Connections come back closed. */
    CLOSE,
    /** Connections are kept, which needs a packet filter tool on the machine and the same address at restore. */
    ESTABLISHED
}
