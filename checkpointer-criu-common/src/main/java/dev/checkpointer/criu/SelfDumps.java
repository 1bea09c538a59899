package dev.checkpointer.criu;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;

/**
 * What a JVM that dumps itself cannot do.
 *
 * @since 0.1.0
 */
public final class SelfDumps {
    private SelfDumps() {}

    /**
     * Refuses what cannot work, before anything is begun.
     *
     * @param request the request of a JVM that dumps itself
     * @param service whether CRIU is no descendant of the JVM anyway
     * @throws EngineException when the JVM is PID 1, or wants to listen
     */
    public static void refuse(CheckpointRequest request, boolean service) throws EngineException {
        if (request.listener().isPresent()) {
            throw new EngineException(
                    FailureKind.UNAVAILABLE,
                    "a JVM that dumps itself is frozen and cannot listen to the stages of the dump",
                    "Dump it from another process, or without a listener");
        }
        if (!service && ProcessHandle.current().pid() == 1) {
            throw withinTree();
        }
    }

    /**
     * The failure of a JVM to which orphaned processes come back, so that CRIU could not leave its tree.
     *
     * @return the exception to throw
     */
    public static EngineException withinTree() {
        long pid = ProcessHandle.current().pid();
        return new EngineException(
                FailureKind.WITHIN_DUMPED_TREE,
                "cannot dump process " + pid + ": orphaned processes become its children, so CRIU would be within the"
                        + " dumped tree; it is "
                        + (pid == 1 ? "PID 1" : "a child subreaper (prctl PR_SET_CHILD_SUBREAPER)"),
                "Start the program below another PID 1 (docker run --init, tini), not as PID 1 or as a child subreaper");
    }
}
