package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpFailure;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Dumps another process with CRIU as a child of this JVM. */
final class OtherDump {
    private static final long END_SECONDS = 10;

    private OtherDump() {}

    static CheckpointOutcome run(CriuCommand criu, CheckpointRequest request, long pid) throws EngineException {
        var staging = request.stagingDirectory();
        var dump = new DumpFailure(criu, staging, request.timeout());
        Process process = null;
        try {
            var command = new ArrayList<>(List.of("sh", "-c", DumpScript.text(), "dump"));
            command.addAll(DumpScript.arguments(criu, request, pid));
            process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int status = process.waitFor(); // the script keeps the deadline
            if (status != 0) {
                throw dump.ended(status);
            }
            return CheckpointOutcome.CONTINUED;
        } catch (IOException e) {
            throw ImageDirectory.notWritable(staging, e);
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted during the dump", "");
        }
    }

    /** Ends CRIU, which outlives the script; nothing of the image may be touched before that. */
    private static void end(Process script) {
        script.descendants().forEach(ProcessHandle::destroy);
        try {
            script.onExit().orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            script.descendants().forEach(ProcessHandle::destroyForcibly);
            script.destroyForcibly();
        }
    }
}
