package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.crac.CheckpointException;
import org.crac.RestoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreparedCheckpointTest {
    private final List<String> events = new ArrayList<>();
    private final Recorder resource = new Recorder();
    private Exception failure;

    @BeforeEach
    void register() {
        javax.crac.Core.getGlobalContext().register(resource);
    }

    @AfterEach
    void tellNobodyAnyMore() {
        failure = null;
        events.clear();
    }

    @Test
    void notifiesBeforeAndAtTheEnd() throws Exception {
        var prepared = Checkpointer.prepare();
        assertEquals(List.of("before"), events);
        assertFalse(prepared.restored());
        assertTrue(prepared.end());
        assertEquals(List.of("before", "after"), events);
    }

    @Test
    void endsOnceHoweverManySaySo() throws Exception {
        var prepared = Checkpointer.prepare();
        var start = new CountDownLatch(1);
        var ended = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            var thread = new Thread(() -> {
                try {
                    start.await();
                    if (prepared.end()) {
                        ended.incrementAndGet();
                    }
                } catch (RestoreException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (var thread : threads) {
            thread.join();
        }
        prepared.close();
        assertEquals(1, ended.get());
        assertEquals(List.of("before", "after"), events);
    }

    @Test
    void keepsOthersOutUntilItHasEnded() throws Exception {
        try (var prepared = Checkpointer.prepare()) {
            var refused = assertThrows(CheckpointException.class, Checkpointer::prepare);
            assertTrue(refused.getSuppressed()[0].getMessage().contains("checkpoint"), refused.toString());
            assertFalse(prepared.restored());
        }
        Checkpointer.prepare().close();
    }

    @Test
    void isOverWhenAResourceFailsBefore() throws Exception {
        failure = new Exception("not now");
        var refused = assertThrows(CheckpointException.class, Checkpointer::prepare);
        assertSame(failure, refused.getSuppressed()[0]);
        assertEquals(List.of("before", "after"), events);
        failure = null;
        Checkpointer.prepare().close();
    }

    @Test
    void dumpsAndEnds() throws Exception {
        var prepared = Checkpointer.prepare();
        prepared.dump(CheckpointRequest.builder().engine("simulate").build());
        assertFalse(prepared.end());
        assertEquals(List.of("before", "after"), events);
    }

    @Test
    void endsWhenTheDumpIsImpossible() throws Exception {
        var prepared = Checkpointer.prepare();
        var request = CheckpointRequest.builder().engine("nobody").build();
        assertThrows(CheckpointException.class, () -> prepared.dump(request));
        assertFalse(prepared.end());
        assertEquals(List.of("before", "after"), events);
    }

    @Test
    void namesTheResources() {
        assertTrue(Checkpointer.resources().contains(Recorder.class.getName()));
    }

    private final class Recorder implements javax.crac.Resource {
        @Override
        public void beforeCheckpoint(javax.crac.Context<? extends javax.crac.Resource> context) throws Exception {
            events.add("before");
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void afterRestore(javax.crac.Context<? extends javax.crac.Resource> context) {
            events.add("after");
        }
    }
}
