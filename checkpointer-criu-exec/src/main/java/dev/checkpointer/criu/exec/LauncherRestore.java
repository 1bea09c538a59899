package dev.checkpointer.criu.exec;

import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.KnownFailure;
import dev.checkpointer.criu.Shell;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Restores with the launcher that people use, {@code bin/checkpointer restore --detach}. */
final class LauncherRestore {
    // The launcher's exit statuses.
    private static final int INCOMPLETE = 111;
    private static final int REFUSED = 112;
    private static final int CRIU_FAILED = 113;
    private static final int DEADLINE = 114;

    /** The launcher keeps the deadline itself; this is for a launcher that hangs. */
    private static final long EXTRA_SECONDS = 30;

    private LauncherRestore() {}

    static RestoredProcess run(CriuCommand criu, RestoreRequest request) throws EngineException {
        Process launcher = null;
        try {
            launcher = new ProcessBuilder(command(criu, request))
                    .redirectInput(new File("/dev/null"))
                    .start();
            if (!launcher.waitFor(request.timeout().toSeconds() + EXTRA_SECONDS, TimeUnit.SECONDS)) {
                throw new EngineException(FailureKind.TIMEOUT, "the launcher hangs", "Try again");
            }
            var output = text(launcher.getInputStream().readAllBytes());
            var errors = text(launcher.getErrorStream().readAllBytes());
            if (launcher.exitValue() != 0) {
                throw failure(launcher.exitValue(), errors.lines().toList());
            }
            return new RestoredProcess(Long.parseLong(output.strip()));
        } catch (IOException e) {
            throw new EngineException(FailureKind.UNAVAILABLE, "cannot start the launcher: " + e.getMessage(), "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted during the restore", "");
        } finally {
            if (launcher != null) {
                launcher.destroy();
            }
        }
    }

    private static List<String> command(CriuCommand criu, RestoreRequest request) {
        var command = new ArrayList<>(List.of(
                "sh",
                "-c",
                Shell.read(LauncherRestore.class.getResourceAsStream("checkpointer")),
                "checkpointer",
                "restore"));
        command.add("--detach");
        command.addAll(List.of("--criu", criu.path().toString()));
        command.addAll(List.of("--timeout", request.timeout().toMillis() + "ms"));
        command.addAll(List.of("--log-level", Integer.toString(request.logLevel())));
        command.addAll(List.of("--pid-namespace", request.pidNamespace().name().toLowerCase(Locale.ROOT)));
        command.addAll(List.of("--output", request.output().file().toString()));
        if (request.force()) {
            command.add("--force");
        }
        command.add(request.imageDirectory().toAbsolutePath().toString());
        return command;
    }

    /** The launcher says what failed in the first line, what to do in the second, and then CRIU's decisive lines. */
    private static EngineException failure(int status, List<String> lines) {
        var message = lines.isEmpty() ? "the launcher ended with status " + status : lines.get(0);
        var kind = switch (status) {
            case INCOMPLETE -> FailureKind.IMAGE_INCOMPLETE;
            case REFUSED -> FailureKind.IMAGE_REFUSED;
            case CRIU_FAILED ->
                KnownFailure.find(KnownFailure.Phase.RESTORE, lines)
                        .map(KnownFailure::kind)
                        .orElse(FailureKind.OTHER);
            case DEADLINE -> FailureKind.TIMEOUT;
            default -> FailureKind.OTHER;
        };
        var remedy = lines.size() > 1 ? lines.get(1).strip() : "";
        var details = lines.stream().skip(2).map(String::strip).toList();
        return new EngineException(
                kind, message.replaceFirst("^checkpointer: ", ""), remedy.replaceFirst("\\.$", ""), details, null);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
