package dev.checkpointer;

/**
 * A program that was restored and runs.
 *
 * @param pid its PID as the caller sees it, also when the program sees another one in a PID namespace of its own
 * @since 0.1.0
 */
public record RestoredProcess(long pid) {
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
