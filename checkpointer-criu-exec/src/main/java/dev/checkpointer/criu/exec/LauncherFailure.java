package dev.checkpointer.criu.exec;

import dev.checkpointer.criu.KnownFailure;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Turns the launcher's exit status and messages into an exception. Pure. */
final class LauncherFailure {
    // The launcher's exit statuses.
    private static final int USAGE = 2;
    private static final int INCOMPLETE = 111;
    private static final int REFUSED = 112;
    private static final int CRIU_FAILED = 113;
    private static final int DEADLINE = 114;

    private static final String NAME = "checkpointer: ";
    private static final String LOG = "log: ";

    private LauncherFailure() {}

    /**
     * The launcher says what failed in the first line, what to do in the second, and then CRIU's decisive lines. Where the
     * first line ends with a colon, a list follows before the line that says what to do.
     */
    static EngineException of(int status, List<String> messages) {
        var lines = messages.stream()
                .dropWhile(line -> !line.startsWith(NAME))
                .map(String::strip)
                .toList();
        if (lines.isEmpty()) {
            return new EngineException(
                    FailureKind.OTHER, "the launcher ended with status " + status, "", messages, null);
        }
        var log = lines.stream()
                .filter(line -> line.startsWith(LOG))
                .map(line -> Path.of(line.substring(LOG.length())))
                .findFirst();
        var message = lines.get(0).substring(NAME.length());
        var rest = new ArrayList<>(lines.subList(1, lines.size()));
        rest.removeIf(line -> line.startsWith(LOG));
        var remedy = rest.isEmpty() ? "" : rest.remove(message.endsWith(":") ? rest.size() - 1 : 0);
        return new EngineException(
                kind(status, lines),
                message.replaceFirst(":$", ""),
                remedy.replaceFirst("\\.$", ""),
                rest,
                log.orElse(null));
    }

    private static FailureKind kind(int status, List<String> lines) {
        return switch (status) {
            case USAGE -> FailureKind.NOT_WRITABLE; // of what the engine asks, only a file can be wrong
            case INCOMPLETE -> FailureKind.IMAGE_INCOMPLETE;
            case REFUSED -> FailureKind.IMAGE_REFUSED;
            case CRIU_FAILED ->
                KnownFailure.find(KnownFailure.Phase.RESTORE, lines)
                        .map(KnownFailure::kind)
                        .orElse(FailureKind.OTHER);
            case DEADLINE -> FailureKind.TIMEOUT;
            default -> FailureKind.OTHER;
        };
    }
}
