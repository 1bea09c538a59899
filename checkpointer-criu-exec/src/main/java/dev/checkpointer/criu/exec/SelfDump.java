package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.ThisProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Dumps the calling JVM. CRIU must not be its descendant, so a shell is started that leaves the tree ({@code setsid
 * --fork} lets PID 1 adopt it) and runs CRIU there. The JVM blocks on a pipe whose writing end only that shell holds. In
 * a restored JVM the pipe has no writer, so the read ends at once: that is how it wakes, without polling.
 */
final class SelfDump {
    private static final long START_SECONDS = 10;

    /**
     * Opens the pipe as descriptor 3 before the shell is left alone, so that its end is always noticed. Arguments: the
     * pipe, the script, the script's arguments.
     */
    private static final String START = """
            exec 3>"$1" || exit 1
            script=$2
            shift 2
            exec setsid --fork sh -c "$script" dump --self $$ "$@\"""";

    private SelfDump() {}

    static CheckpointOutcome run(CriuCommand criu, CheckpointRequest request) throws EngineException {
        long pid = ProcessHandle.current().pid();
        if (pid == 1) {
            throw within(pid);
        }
        var staging = request.stagingDirectory();
        var dump = new DumpFailure(criu, staging, request.timeout());
        try (var fifo = new Fifo()) {
            long startTime = ThisProcess.startTime();
            start(command(criu, request, pid, fifo.path()));
            fifo.connected();
            var status = fifo.await();
            return switch (status) {
                case "" -> wokenUp(startTime);
                case "0" -> CheckpointOutcome.CONTINUED;
                case "within" -> throw within(pid);
                default -> throw dump.failure(Integer.parseInt(status));
            };
        } catch (IOException e) {
            throw ImageDirectory.notWritable(Path.of(System.getProperty("java.io.tmpdir")), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted before the dump began", "");
        }
    }

    private static List<String> command(CriuCommand criu, CheckpointRequest request, long pid, Path fifo)
            throws IOException {
        var command = new ArrayList<>(List.of("sh", "-c", START, "start", fifo.toString(), DumpScript.text()));
        command.addAll(DumpScript.arguments(criu, request, pid));
        return command;
    }

    private static void start(List<String> command) throws IOException, InterruptedException, EngineException {
        var process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new EngineException(
                        FailureKind.TOOL_MISSING,
                        "cannot start the dumping process with setsid --fork",
                        "Install util-linux; its setsid knows --fork");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process that was restored has a later start time. Otherwise the dumping shell was killed. */
    private static CheckpointOutcome wokenUp(long startTime) throws IOException, EngineException {
        if (ThisProcess.startTime() != startTime) {
            return CheckpointOutcome.RESTORED;
        }
        throw new EngineException(
                FailureKind.KILLED, "the dumping process ended without a word; it was killed", "Try again");
    }

    private static EngineException within(long pid) {
        return new EngineException(
                FailureKind.WITHIN_DUMPED_TREE,
                "cannot dump process " + pid + ": orphaned processes become its children, so CRIU would be within the"
                        + " dumped tree; it is "
                        + (pid == 1 ? "PID 1" : "a child subreaper (prctl PR_SET_CHILD_SUBREAPER)"),
                "Start the program below another PID 1 (docker run --init, tini), not as PID 1 or as a child subreaper");
    }
}
