package dev.checkpointer.internal.restore;

import dev.checkpointer.RestoreContext;
import java.util.Optional;

/** Holds the last restore of this program. */
public final class CurrentRestore {
    private static volatile RestoreContext current;

    private CurrentRestore() {}

    /**
     * The last restore.
     *
     * @return empty when there was none
     */
    public static Optional<RestoreContext> get() {
        return Optional.ofNullable(current);
    }

    /** Replaces it. */
    static void set(RestoreContext context) {
        current = context;
    }
}
