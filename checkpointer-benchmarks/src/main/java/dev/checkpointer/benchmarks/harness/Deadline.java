package dev.checkpointer.benchmarks.harness;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The end of a wait. */
public final class Deadline {
    private static final long PAUSE = 200_000;

    private final Duration time;
    private final long end;

    private Deadline(Duration time) {
        this.time = time;
        end = System.nanoTime() + time.toNanos();
    }

    /**
     * Begins a wait.
     *
     * @param time how long it may take
     * @return a deadline that much from now on
     */
    public static Deadline in(Duration time) {
        return new Deadline(time);
    }

    /**
     * Whether the wait is over.
     *
     * @return true from the deadline on
     */
    public boolean passed() {
        return System.nanoTime() - end >= 0;
    }

    /** What is waited for. */
    @FunctionalInterface
    public interface Condition {
        /**
         * Looks.
         *
         * @return whether it has come
         * @throws IOException when it will not come
         * @throws InterruptedException when this thread is interrupted
         */
        boolean holds() throws IOException, InterruptedException;
    }

    /**
     * Waits.
     *
     * @param what is waited for, in words
     * @param condition that
     * @throws IOException when it does not come in time
     * @throws InterruptedException when this thread is interrupted
     */
    public void await(String what, Condition condition) throws IOException, InterruptedException {
        while (!condition.holds()) {
            if (passed()) {
                throw new IOException("waited for " + what + " for " + time.toSeconds() + " s");
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(PAUSE);
        }
    }
}
