package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.PostDump;
import dev.checkpointer.criu.ThisProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The shell script {@code dump.sh}, which dumps a process under a deadline and finishes the image. */
final class DumpScript {
    private DumpScript() {}

    static String text() {
        return Scripts.read("dump.sh");
    }

    static List<String> arguments(CriuCommand criu, CheckpointRequest request, long pid) throws IOException {
        var arguments = new ArrayList<>(List.of(
                Long.toString(pid),
                request.stagingDirectory().toString(),
                DumpFailure.seconds(request.timeout()),
                Scripts.quote(PostDump.command(request))));
        arguments.addAll(DumpArguments.of(criu.path(), DumpOptions.of(request, pid, ThisProcess.unprivileged())));
        return arguments;
    }
}
