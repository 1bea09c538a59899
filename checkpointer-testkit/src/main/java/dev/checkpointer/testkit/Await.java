package dev.checkpointer.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits that end: every one has a deadline that is far beyond what a busy machine needs.
 *
 * @since 0.1.0
 */
public final class Await {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS = 5;

    private Await() {}

    /**
     * Waits for a condition.
     *
     * @param what the condition in words, for the failure
     * @param condition asked again and again
     */
    public static void until(String what, BooleanSupplier condition) {
        value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /**
     * Waits for a value.
     *
     * @param what the value in words, for the failure
     * @param source asked again and again
     * @param <T> its type
     * @return the first value
     */
    public static <T> T value(String what, Supplier<Optional<T>> source) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            var value = source.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + DEADLINE.toSeconds() + " s for: " + what);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for: " + what, e);
            }
        }
    }
}
