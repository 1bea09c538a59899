package dev.checkpointer.criu;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes the memory of another process while it runs ({@code criu pre-dump}). The dump that follows builds on it.
 *
 * @since 0.1.0
 */
public final class PreDump {
    private static final long EXTRA_SECONDS = 20;

    private PreDump() {}

    /**
     * Writes the memory, where the kernel tracks what changes afterwards.
     *
     * @param criu the command
     * @param request the request of the dump, which names the process
     * @return why it was not written, as half a sentence; nothing of it is left then
     * @throws EngineException when the staging directory cannot be used, or this thread was interrupted
     */
    public static Optional<String> run(CriuCommand criu, CheckpointRequest request) throws EngineException {
        var staging = request.stagingDirectory();
        var images = staging.resolve(ImageDirectory.PRE_DUMP);
        try {
            if (status(request, List.of(criu.path().toString(), "check", "--feature", "mem_dirty_track"), "/dev/null")
                    != 0) {
                return Optional.of("this kernel does not track which pages change (soft-dirty)");
            }
            Files.createDirectory(
                    images, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            int status = status(
                    request,
                    command(criu, request, images),
                    images.resolve(DumpFailure.OUTPUT).toString());
            if (status == 0) {
                return Optional.empty();
            }
            var lines = CriuLog.decisiveLines(
                    images.resolve(ImageDirectory.LOG), List.of(), images.resolve(DumpFailure.OUTPUT));
            ImageDirectory.removePreDump(staging);
            return Optional.of("criu pre-dump ended with status " + status
                    + lines.stream().findFirst().map(line -> " (" + line + ")").orElse(""));
        } catch (IOException e) {
            throw ImageDirectory.notWritable(staging, e);
        }
    }

    private static List<String> command(CriuCommand criu, CheckpointRequest request, Path images) throws IOException {
        var command = new ArrayList<>(List.of(criu.path().toString(), "pre-dump", "--tree"));
        command.add(Long.toString(request.pid().orElseThrow()));
        command.addAll(List.of("--images-dir", images.toString(), "--log-file", ImageDirectory.LOG));
        command.addAll(List.of("-v" + request.logLevel(), "--no-default-config", "--track-mem"));
        if (ThisProcess.unprivileged()) {
            command.add("--unprivileged");
        }
        return command;
    }

    private static int status(CheckpointRequest request, List<String> command, String output)
            throws IOException, EngineException {
        var limited = new ArrayList<>(List.of("timeout", "-k", "5", DumpFailure.seconds(request.timeout())));
        limited.addAll(command);
        var process = new ProcessBuilder(limited)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(new File(output)))
                .start();
        try {
            if (process.waitFor(request.timeout().toSeconds() + EXTRA_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            process.destroy();
            return DumpFailure.TIMED_OUT;
        } catch (InterruptedException e) {
            process.destroy(); // and CRIU with it, which lets go of the process
            process.onExit()
                    .orTimeout(EXTRA_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(late -> process)
                    .join();
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted during the pre-dump", "");
        }
    }
}
