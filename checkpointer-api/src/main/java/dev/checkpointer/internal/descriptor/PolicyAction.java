package dev.checkpointer.internal.descriptor;

/** What a rule has done to a descriptor. */
enum PolicyAction {
    /** It is left to CRIU, unless it is known that CRIU cannot bring it back. */
    KEEP,
    /** The object that it belongs to is closed before the dump. */
    CLOSE,
    /** A file is opened by its name at restore, whatever it holds then. */
    REOPEN,
    /** It is left to CRIU, unseen. */
    IGNORE,
    /** Nothing is dumped. */
    ERROR,
    /** It is kept, and a warning is logged. */
    WARN
}
