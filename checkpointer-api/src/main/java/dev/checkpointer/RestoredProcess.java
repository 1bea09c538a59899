package dev.checkpointer;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A program that was restored and runs.
 *
 * @param pid its PID as the caller sees it, also when the program sees another one in a PID namespace of its own
 * @param exitStatus completes when the program has ended, with its exit status, or 128 + N when signal N ended it; empty
 *     for a detached program, whose status only its parent learns
 * @param memory completes when all of the memory of a program that was restored lazily is there, or the program has ended;
 *     with an {@link dev.checkpointer.engine.EngineException} when {@code criu lazy-pages} died before, and the program was
 *     ended for it. Empty unless {@link RestoreRequest#lazy} was asked for
 * @since 0.1.0
 */
public record RestoredProcess(
        long pid, Optional<CompletableFuture<Integer>> exitStatus, Optional<CompletableFuture<Void>> memory) {
    /**
     * A detached program.
     *
     * @param pid its PID
     */
    public RestoredProcess(long pid) {
        this(pid, Optional.empty());
    }

    /**
     * A program whose memory is there.
     *
     * @param pid its PID
     * @param exitStatus its exit status
     */
    public RestoredProcess(long pid, Optional<CompletableFuture<Integer>> exitStatus) {
        this(pid, exitStatus, Optional.empty());
    }

    /**
     * The process, for waiting and ending.
     *
     * @return a handle
     * @throws IllegalStateException when the program has ended meanwhile
     */
    public ProcessHandle handle() {
        return ProcessHandle.of(pid)
                .orElseThrow(() -> new IllegalStateException("the restored process " + pid + " has ended"));
    }
}
