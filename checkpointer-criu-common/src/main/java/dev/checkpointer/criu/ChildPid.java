package dev.checkpointer.criu;

import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The right to restore a program as a child of this JVM with the PID of an image. One restore has it at a time: of two, the
 * one that fails would take the other's program for what it has left behind itself, and end it.
 */
final class ChildPid implements AutoCloseable {
    private static final Map<Long, Semaphore> PIDS = new ConcurrentHashMap<>();

    private final Semaphore right;
    private boolean held;

    private ChildPid(Semaphore right, boolean held) {
        this.right = right;
        this.held = held;
    }

    /** Waits for the right until the deadline. A program that does not get that PID here needs none. */
    static ChildPid claim(RestoreRequest request, Image image, long deadline) throws EngineException {
        if (!request.child() || request.pidNamespace() == PidNamespace.ALWAYS) {
            return new ChildPid(new Semaphore(0), false);
        }
        var right = PIDS.computeIfAbsent(image.pid(), pid -> new Semaphore(1));
        try {
            if (right.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return new ChildPid(right, true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted before the restore began", "");
        }
        throw new EngineException(
                FailureKind.TIMEOUT,
                "another restore of a child with PID " + image.pid() + " took longer than "
                        + DumpFailure.seconds(request.timeout()) + " s",
                "Wait for it, or set a later deadline");
    }

    void release() {
        if (held) {
            held = false;
            right.release();
        }
    }

    @Override
    public void close() {
        release();
    }
}
