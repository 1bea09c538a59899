package dev.checkpointer.benchmarks.harness;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices when this process stands still, since the machine was suspended or has no memory or processor for it: a thread that
 * sleeps for a moment wakes up much later. What was measured meanwhile says nothing.
 */
final class Pauses {
    private static final long MOMENT = 50_000_000;
    private static final long LONG = 2_000_000_000;

    private final AtomicLong longest = new AtomicLong();

    /** Begins to watch. */
    Pauses() {
        var thread = new Thread(this::watch, "pauses");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (true) {
            long before = System.nanoTime();
            LockSupport.parkNanos(MOMENT);
            longest.accumulateAndGet(System.nanoTime() - before, Math::max);
        }
    }

    /** Forgets what was. */
    void reset() {
        longest.set(0);
    }

    /** Seconds for which this process stood still since the last reset, 0 when it did not. */
    long seconds() {
        long nanos = longest.get();
        return nanos > LONG ? nanos / 1_000_000_000 : 0;
    }
}
