package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Processes that are watched and signalled by descriptors. */
class WatchTest {
    private static final long SECONDS = 30;

    private static Process sleeper() throws Exception {
        return new ProcessBuilder("sleep", "1000").start();
    }

    @Test
    void endsAreTold() throws Exception {
        var first = sleeper();
        var second = sleeper();
        try (var watch = new Watch(Runnable::run)) {
            var firstEnded = new CountDownLatch(1);
            var secondEnded = new CountDownLatch(1);
            watch.add(ProcessIdentity.of(first.pid()).orElseThrow(), firstEnded::countDown);
            watch.add(ProcessIdentity.of(second.pid()).orElseThrow(), secondEnded::countDown);
            Pidfd.open(ProcessIdentity.of(first.pid()).orElseThrow())
                    .orElseThrow()
                    .signal(Pidfd.KILL);
            assertTrue(firstEnded.await(SECONDS, TimeUnit.SECONDS));
            assertTrue(second.isAlive());
            assertFalse(secondEnded.await(0, TimeUnit.SECONDS));
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
    }

    @Test
    void anEarlierEndIsToldAtOnce() throws Exception {
        var process = sleeper();
        var identity = ProcessIdentity.of(process.pid()).orElseThrow();
        process.destroyForcibly().waitFor();
        try (var watch = new Watch(Runnable::run)) {
            var ended = new CountDownLatch(1);
            watch.add(identity, ended::countDown);
            assertTrue(ended.await(SECONDS, TimeUnit.SECONDS));
        }
        assertFalse(identity.runs());
    }

    @Test
    void aLaterProcessOfThePidIsAnother() throws Exception {
        var process = sleeper();
        try {
            var identity = ProcessIdentity.of(process.pid()).orElseThrow();
            assertTrue(identity.runs());
            var earlier = new ProcessIdentity(identity.pid(), identity.start() - 1, identity.boot());
            assertFalse(earlier.runs());
            assertTrue(Pidfd.open(earlier).isEmpty());
            var before = new ProcessIdentity(identity.pid(), identity.start(), "another start of the machine");
            assertFalse(before.runs());
        } finally {
            process.destroyForcibly();
        }
    }
}
