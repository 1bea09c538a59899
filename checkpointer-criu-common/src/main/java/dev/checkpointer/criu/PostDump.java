package dev.checkpointer.criu;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is done to CRIU's images when they are complete and the dumped process is still frozen: CRIU's
 * {@code post-dump} action.
 *
 * @since 0.1.0
 */
public final class PostDump {
    private static final List<String> CHANGES = List.of("forget-session.sh", "appending-files.sh");
    private static final String RUN_THE_REST = "\ncd / && exec \"$@\"";

    private PostDump() {}

    /**
     * The command of that action: it makes terminals and pipes replaceable and then finishes the image.
     *
     * @param request the request of the dump
     * @return a command with its arguments; when it fails, the dump has failed
     */
    public static List<String> command(CheckpointRequest request) {
        var changes = CHANGES.stream()
                .map(change -> Shell.read(PostDump.class.getResourceAsStream(change)))
                .collect(Collectors.joining());
        var script = "cd \"$1\" || exit 1\nshift\n" + changes + RUN_THE_REST;
        var command = new ArrayList<>(List.of(
                "sh", "-c", script, "post-dump", request.stagingDirectory().toString()));
        command.addAll(ImageDirectory.finishCommand(request));
        return command;
    }
}
