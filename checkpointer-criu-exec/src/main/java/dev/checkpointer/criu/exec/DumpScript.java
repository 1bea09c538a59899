package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpFailure;
import dev.checkpointer.criu.DumpHook;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.Shell;
import dev.checkpointer.criu.ThisProcess;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The shell script {@code dump.sh}, which dumps a process under a deadline. */
final class DumpScript {
    private DumpScript() {}

    static String text() {
        return Shell.read(DumpScript.class.getResourceAsStream("dump.sh"));
    }

    static List<String> arguments(CriuCommand criu, CheckpointRequest request, long pid)
            throws IOException, EngineException {
        return arguments(criu, request, pid, DumpHook.write(request));
    }

    /** Does what a dump needs, but for the file and for CRIU, so that it is quicker the next time. */
    static void rehearse(CriuCommand criu, CheckpointRequest request) throws IOException {
        DumpHook.rehearse(request);
        var arguments = arguments(criu, request, ProcessHandle.current().pid(), Path.of(DumpHook.NAME));
        var command = new ArrayList<>(List.of("sh", "-c", "exit", text()));
        command.addAll(arguments);
        new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static List<String> arguments(CriuCommand criu, CheckpointRequest request, long pid, Path hook)
            throws IOException {
        var arguments = new ArrayList<>(List.of(
                Long.toString(pid), request.stagingDirectory().toString(), DumpFailure.seconds(request.timeout())));
        arguments.addAll(DumpArguments.of(criu.path(), DumpOptions.of(request, pid, ThisProcess.unprivileged())));
        arguments.addAll(List.of("--action-script", hook.toString()));
        return arguments;
    }
}
