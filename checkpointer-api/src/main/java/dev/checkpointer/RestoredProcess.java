package dev.checkpointer;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A program that was restored and runs.
 *
 * @param pid its PID as the caller sees it, also when the program sees another one in a PID namespace of its own
 * @param exitStatus completes when the program has ended, with its exit status, or 128 + N when signal N ended it; empty
 *     for a detached program, whose status only its parent learns
 * @since 0.1.0
 */
public record RestoredProcess(long pid, Optional<CompletableFuture<Integer>> exitStatus) {
    /**
     * A detached program.
     *
     * @param pid its PID
     */
    public RestoredProcess(long pid) {
        this(pid, Optional.empty());
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
