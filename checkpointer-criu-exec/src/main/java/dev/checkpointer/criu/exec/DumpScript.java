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
        var hook = DumpHook.write(request);
        var arguments = new ArrayList<>(List.of(
                Long.toString(pid), request.stagingDirectory().toString(), DumpFailure.seconds(request.timeout())));
        arguments.addAll(DumpArguments.of(criu.path(), DumpOptions.of(request, pid, ThisProcess.unprivileged())));
        arguments.addAll(List.of("--action-script", hook.toString()));
        return arguments;
    }
}
