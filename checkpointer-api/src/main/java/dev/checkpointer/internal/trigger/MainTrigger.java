package dev.checkpointer.internal.trigger;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/** Waits for the end of the thread that runs the method {@code main}, in a program that goes on with other threads. */
final class MainTrigger implements Trigger {
    /** The thread that starts a program is the first one of the JVM, whatever name it has. */
    private static final long FIRST = 1;

    /** What the thread of {@code main} is called when it waits for all others. */
    private static final String LAST = "DestroyJavaVM";

    @Override
    public boolean await() throws InterruptedException {
        var main = threads().filter(thread -> thread.getId() == FIRST).findFirst();
        if (main.isPresent()) {
            main.get().join();
        }
        return threads()
                .anyMatch(thread -> !thread.isDaemon() && !thread.getName().equals(LAST));
    }

    private static Stream<Thread> threads() {
        var group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        var threads = new Thread[2 * group.activeCount() + 16];
        group.enumerate(threads);
        return Arrays.stream(threads).filter(Objects::nonNull);
    }
}
