package dev.checkpointer.internal.trigger;

/** There will be no checkpoint. Two lines: what was found, and what to do about it. */
final class TriggerException extends Exception {
    private static final long serialVersionUID = 1L;

    TriggerException(String message, String remedy) {
        super(message + "\n  " + remedy);
    }
}
