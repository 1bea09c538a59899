package dev.checkpointer.cli;

import java.util.List;

/** What the daemon answered instead of what it was asked for, or that there is none. */
final class DaemonException extends CommandException {
    /** There is no daemon. */
    static final String ABSENT = "absent";
    /** There is no such object. */
    static final String MISSING = "missing";

    private static final long serialVersionUID = 1L;

    private final String kind;

    /** With the kind as the daemon spells it. */
    DaemonException(String kind, int status, String message, String remedy, List<String> details, Throwable cause) {
        super(status, message, remedy, details, cause);
        this.kind = kind;
    }

    String kind() {
        return kind;
    }
}
