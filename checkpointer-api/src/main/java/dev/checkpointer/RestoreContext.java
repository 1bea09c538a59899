package dev.checkpointer;

import dev.checkpointer.internal.restore.CurrentRestore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The restore from which this program woke up last. It is there before {@code afterRestore} runs. Immutable.
 *
 * @param instance tells this restored program from every other one of the same image
 * @param time when the program woke up
 * @param image the image's directory at that time; empty when {@code criu} was called without checkpointer's command or API
 * @param told what the one who restored had to tell
 * @since 0.1.0
 */
public record RestoreContext(UUID instance, Instant time, Optional<Path> image, RestoreArguments told) {
    /**
     * The last restore of this program. Safe for use by several threads.
     *
     * @return empty in a program that was never restored
     */
    public static Optional<RestoreContext> current() {
        return CurrentRestore.get();
    }

    /**
     * System properties that were set by this restore.
     *
     * @return their values by their names
     */
    public Map<String, String> properties() {
        return told.properties();
    }

    /**
     * Environment variables of this restore. {@link System#getenv()} shows those of the program that was dumped.
     *
     * @return their values by their names
     */
    public Map<String, String> environment() {
        return told.environment();
    }

    /**
     * Arguments of this restore.
     *
     * @return the words behind {@code --}
     */
    public List<String> arguments() {
        return told.arguments();
    }
}
