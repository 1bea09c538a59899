package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.descriptor.DescriptorCheck;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What keeps a process from being dumped, found out before anything is dumped. */
public final class Obstacles {
    private Obstacles() {}

    /**
     * Everything that keeps the request's process from being dumped.
     *
     * @param request which process, and what is to become of connections
     * @param closing Unix sockets whose connections do not count
     * @return empty when nothing does
     * @throws EngineException when the process cannot be looked at
     */
    public static List<EngineException> of(CheckpointRequest request, Set<Path> closing) throws EngineException {
        long pid = request.pid().orElse(ProcessHandle.current().pid());
        var stat = ProcStat.read(pid)
                .orElseThrow(() -> new EngineException(
                        FailureKind.NO_SUCH_PROCESS, "there is no process " + pid, "Name a process that runs"));
        try {
            var paths = closing.stream().map(Path::toString).collect(Collectors.toSet());
            var obstacles = new ArrayList<>(DescriptorCheck.of(pid, request.tcp(), request.ghostLimit(), paths));
            if (pid != 1 && stat.session() == 0) {
                obstacles.add(new EngineException(
                        FailureKind.SHELL_JOB,
                        "the leader of the session of process " + pid + " is outside of its PID namespace",
                        "Start the program in a session of its own, for instance with setsid"));
            }
            if (pid == ProcessHandle.current().pid()) {
                Processor.obstacle().ifPresent(obstacles::add);
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
