package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.ThisProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The shell command that dumps a process under a deadline and finishes the image: {@code dump.sh}. */
final class DumpScript {
    private DumpScript() {}

    /** @param self whether the calling JVM is dumped, and waits on descriptor 3 of the script */
    static List<String> command(CriuCommand criu, CheckpointRequest request, long pid, boolean self)
            throws IOException {
        var command = new ArrayList<>(List.of("sh", "-c", Scripts.read("dump.sh"), "dump"));
        if (self) {
            command.add("--status");
        }
        command.add(Long.toString(pid));
        command.add(request.stagingDirectory().toString());
        command.add(DumpFailure.seconds(request.timeout()));
        command.add(Scripts.quote(ImageDirectory.finishCommand(request)));
        command.addAll(DumpArguments.of(criu.path(), DumpOptions.of(request, pid, ThisProcess.unprivileged())));
        return command;
    }
}
