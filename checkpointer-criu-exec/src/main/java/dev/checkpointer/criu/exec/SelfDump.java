package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpFailure;
import dev.checkpointer.criu.SelfDumps;
import dev.checkpointer.criu.ThisProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
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
     * Goes on when the JVM has opened the reading end of the pipe, and opens the writing end as descriptor 3. Not before, or it
     * would wait for ever for a JVM that was killed. Arguments: the script, the script's arguments.
     */
    static final String START = """
            read -r go && exec 3>/proc/self/fd/0 || exit 1
            script=$1
            shift
            exec setsid --fork sh -c "$script" dump --self $$ "$@\"""";

    private SelfDump() {}

    static CheckpointOutcome run(CriuCommand criu, CheckpointRequest request) throws EngineException {
        long pid = ProcessHandle.current().pid();
        SelfDumps.refuse(request, false);
        var staging = request.stagingDirectory();
        var dump = new DumpFailure(criu, staging, request.timeout());
        if (Thread.currentThread().isInterrupted()) {
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted before the dump began", "");
        }
        try {
            long startTime = ThisProcess.startTime();
            var status = dump(command(criu, request, pid));
            return switch (status) {
                case "" -> wokenUp(startTime);
                case "0" -> CheckpointOutcome.CONTINUED;
                case "within" -> throw SelfDumps.withinTree();
                default -> throw dump.ended(Integer.parseInt(status));
            };
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.TOOL_MISSING,
                    "cannot start the dumping process: " + e.getMessage(),
                    "Install coreutils and util-linux");
        }
    }

    private static List<String> command(CriuCommand criu, CheckpointRequest request, long pid)
            throws IOException, EngineException {
        var command = new ArrayList<>(List.of("sh", "-c", START, "start", DumpScript.text()));
        command.addAll(DumpScript.arguments(criu, request, pid));
        return command;
    }

    /** Returns what the script says at its end; nothing when it says nothing, as in a restored JVM. */
    private static String dump(List<String> command) throws IOException, EngineException {
        var process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var pipe = new DumpPipe(process)) {
            try (var go = process.getOutputStream()) {
                go.write('\n');
            }
            if (!ended(process) || process.exitValue() != 0) {
                throw new EngineException(
                        FailureKind.TOOL_MISSING,
                        "cannot start the dumping process with setsid --fork",
                        "Install util-linux; its setsid knows --fork");
            }
            return pipe.await();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Heeds no interruption: the dump begins at any moment, and nobody may be told that it does not. */
    private static boolean ended(Process process) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
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
}
