package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.descriptor.DescriptorPlan;
import dev.checkpointer.internal.proc.MappedFiles;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crac.CheckpointException;

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
        return of(request, plan(request, closing));
    }

    /** Those of the plan, and all others. */
    static List<EngineException> of(CheckpointRequest request, DescriptorPlan plan) throws EngineException {
        long pid = pid(request);
        var obstacles = new ArrayList<>(plan.refusals());
        if (pid != 1 && stat(pid).session() == 0) {
            obstacles.add(new EngineException(
                    FailureKind.SHELL_JOB,
                    "the leader of the session of process " + pid + " is outside of its PID namespace",
                    "Start the program in a session of its own, for instance with setsid"));
        }
        mappedImage(pid).ifPresent(obstacles::add);
        if (pid == ProcessHandle.current().pid()) {
            Processor.obstacle().ifPresent(obstacles::add);
        }
        return obstacles;
    }

    /** CRIU would leave the memory that is mapped from an image out of the next one. */
    private static Optional<EngineException> mappedImage(long pid) throws EngineException {
        try {
            return MappedFiles.image(pid)
                    .map(image -> new EngineException(
                            FailureKind.UNSUPPORTED_RESOURCE,
                            "cannot dump: the memory of process " + pid + " is mapped from the image in " + image
                                    + ", so that it would not be in a new one",
                            "Restore that image with --no-map, or after \"checkpointer image map --undo\", and make the"
                                    + " checkpoint of that program"));
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.PERMISSION,
                    "cannot look at the memory of process " + pid + ": " + e,
                    "Run as root or as the owner of the process");
        }
    }

    /**
     * Does to the descriptors of this JVM what the rules say, before a dump by another process.
     *
     * @param request what is to become of connections
     * @param closing Unix sockets whose connections do not count
     * @throws CheckpointException when something prevents the dump; every cause is suppressed. Nothing was done then
     */
    public static void settle(CheckpointRequest request, Set<Path> closing) throws CheckpointException {
        try {
            var plan = plan(request, closing);
            var obstacles = new ArrayList<>(of(request, plan));
            plan.reopened()
                    .forEach(file -> obstacles.add(new EngineException(
                            FailureKind.POLICY,
                            "cannot dump: " + file
                                    + " is to be opened anew at restore, which an image of another process does not know",
                            "Have the program make its checkpoint itself, or change the rule")));
            if (!obstacles.isEmpty()) {
                throw Failures.checkpoint(obstacles);
            }
            plan.carryOut();
        } catch (EngineException e) {
            throw Failures.checkpoint(e);
        }
    }

    /** What is to become of the descriptors of the request's process. */
    static DescriptorPlan plan(CheckpointRequest request, Set<Path> closing) throws EngineException {
        long pid = pid(request);
        stat(pid);
        try {
            var paths = closing.stream().map(Path::toString).collect(Collectors.toSet());
            return DescriptorPlan.of(
                    pid,
                    request,
                    Settings.current(),
                    paths,
                    Coordinator.instance().company());
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.PERMISSION,
                    "cannot look at the descriptors of process " + pid + ": " + e,
                    "Run as root or as the owner of the process");
        }
    }

    private static long pid(CheckpointRequest request) {
        return request.pid().orElse(ProcessHandle.current().pid());
    }

    private static ProcStat stat(long pid) throws EngineException {
        return ProcStat.read(pid)
                .orElseThrow(() -> new EngineException(
                        FailureKind.NO_SUCH_PROCESS, "there is no process " + pid, "Name a process that runs"));
    }
}
