package dev.checkpointer.testkit;

import java.nio.channels.Selector;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.crac.Core;

/**
 * Threads that wait for some time, in every way in which Java programs do, and an executor that counts seconds. As a
 * program, it checkpoints itself meanwhile, and ends with its waits.
 *
 * @since 0.1.0
 */
public final class TimedWaits {
    private static final ThreadFactory DAEMONS = action -> {
        var thread = new Thread(action);
        thread.setDaemon(true);
        return thread;
    };

    private interface Wait {
        void run(long millis) throws Exception;
    }

    private static final Map<String, Wait> WAYS = Map.of(
            "wait", TimedWaits::objectWait,
            "park", TimedWaits::park,
            "sleep", Thread::sleep,
            "select", TimedWaits::select,
            "future", TimedWaits::future);

    private final ConcurrentSkipListSet<String> waiting = new ConcurrentSkipListSet<>();
    private final AtomicInteger seconds = new AtomicInteger();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(DAEMONS);

    TimedWaits() {
        executor.scheduleAtFixedRate(seconds::incrementAndGet, 0, 1, TimeUnit.SECONDS);
    }

    private static synchronized void objectWait(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; left > 0; left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) {
            TimedWaits.class.wait(left);
        }
    }

    private static void park(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void select(long millis) throws Exception {
        try (var selector = Selector.open()) {
            selector.select(millis);
        }
    }

    private static void future(long millis) throws InterruptedException {
        try {
            new CompletableFuture<Void>()
                    .orTimeout(millis, TimeUnit.MILLISECONDS)
                    .get();
        } catch (ExecutionException e) {
            // its time has come
        }
    }

    /** Begins a wait of every kind, and returns when all threads have begun. */
    void begin(int seconds) {
        for (var way : WAYS.entrySet()) {
            var name = way.getKey() + seconds;
            waiting.add(name);
            var thread = DAEMONS.newThread(() -> {
                try {
                    way.getValue().run(TimeUnit.SECONDS.toMillis(seconds));
                    waiting.remove(name);
                } catch (Exception e) {
                    waiting.add(name + ": " + e);
                }
            });
            thread.start();
            Await.until(
                    name + " to wait",
                    () -> List.of(Thread.State.TIMED_WAITING, Thread.State.WAITING, Thread.State.TERMINATED)
                                    .contains(thread.getState())
                            || way.getKey().equals("select"));
        }
    }

    /** The waits that have not ended, in the order of their names. */
    String waiting() {
        return String.join(" ", waiting);
    }

    /** How often the executor has run, once in a second. */
    int runs() {
        return seconds.get();
    }

    /**
     * Waits for 500 seconds.
     *
     * @param arguments none
     * @throws Exception when the checkpoint fails
     */
    public static void main(String[] arguments) throws Exception {
        var waits = new TimedWaits();
        waits.begin(500);
        System.out.println("before " + System.nanoTime());
        Core.checkpointRestore();
        System.out.println("after " + System.nanoTime());
        Await.until("the end of " + waits.waiting(), () -> waits.waiting().isEmpty());
        System.out.println("runs " + waits.runs());
    }
}
