package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.descriptor.DescriptorCheck;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What keeps a process from being dumped, as far as that is seen from outside. */
public final class Obstacles {
    private Obstacles() {}

    /**
     * Looks, and changes nothing.
     *
     * @param pid the process
     * @param request what shall happen to connections and deleted files
     * @return one failure for each obstacle
     * @throws EngineException when there is no such process, or this user may not look at it
     */
    public static List<EngineException> of(long pid, CheckpointRequest request) throws EngineException {
        var stat = ProcStat.read(pid)
                .orElseThrow(() -> new EngineException(
                        FailureKind.NO_SUCH_PROCESS, "there is no process " + pid, "Name a process that runs"));
        try {
            var obstacles = new ArrayList<>(DescriptorCheck.of(pid, request.tcp(), request.ghostLimit()));
            if (pid != 1 && stat.session() == 0) {
                obstacles.add(new EngineException(
                        FailureKind.SHELL_JOB,
                        "the leader of the session of process " + pid + " is outside of its PID namespace",
                        "Start the program in a session of its own, for instance with setsid"));
            }
            return obstacles;
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.PERMISSION,
                    "cannot look at the descriptors of process " + pid + ": " + e,
                    "Run as root or as the owner of the process");
        }
    }
}
