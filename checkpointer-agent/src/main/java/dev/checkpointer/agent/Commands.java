package dev.checkpointer.agent;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The commands of the control socket's protocol; {@code docs/agent-protocol.md} describes them. */
final class Commands {
    private static final int PROTOCOL = 1;

    private final Checkpoints checkpoints;
    private final boolean resourcesAreKnown;

    Commands(Checkpoints checkpoints, boolean resourcesAreKnown) {
        this.checkpoints = checkpoints;
        this.resourcesAreKnown = resourcesAreKnown;
    }

    /** The answer to a line, whatever it holds. */
    Answer answer(String line, Connection client) {
        try {
            var words = Words.of(line);
            return words.isEmpty() ? Answer.error("no command") : run(words, client);
        } catch (IllegalArgumentException e) {
            return Answer.error(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException | Error e) {
            return Answer.error(Ending.failed(e).details(), "the agent failed");
        }
    }

    private Answer run(List<String> words, Connection client) throws IOException {
        var arguments = words.subList(1, words.size());
        return switch (words.get(0)) {
            case "status" -> bare(arguments, checkpoints.status());
            case "version" -> bare(arguments, version());
            case "resources" -> bare(arguments, resources());
            case "descriptors" -> bare(arguments, descriptors());
            case "before-checkpoint" -> checkpoints.before(Options.ofNotification(arguments), client);
            case "after-restore" ->
                arguments.isEmpty() ? checkpoints.after(Ending.How.CONTINUED, client) : bare(arguments, null);
            case "abort" -> arguments.isEmpty() ? checkpoints.after(Ending.How.ABORTED, client) : bare(arguments, null);
            case "checkpoint" -> checkpoint(arguments, client);
            default ->
                throw new IllegalArgumentException("unknown command; known are status, version, resources,"
                        + " descriptors, before-checkpoint, after-restore, abort, checkpoint");
        };
    }

    private static Answer bare(List<String> arguments, Answer answer) {
        if (!arguments.isEmpty()) {
            throw new IllegalArgumentException("the command takes nothing behind it");
        }
        return answer;
    }

    private Answer checkpoint(List<String> arguments, Connection client) {
        if (arguments.isEmpty() || !arguments.get(0).startsWith("/")) {
            throw new IllegalArgumentException("checkpoint needs the absolute path of a directory for the image");
        }
        var directory = Path.of(arguments.get(0));
        return checkpoints.dump(Options.ofDump(directory, arguments.subList(1, arguments.size())), client);
    }

    private static Answer version() {
        var version = Agent.class.getPackage().getImplementationVersion();
        return Answer.ok("version=" + (version == null ? "unknown" : version) + " protocol=" + PROTOCOL);
    }

    private Answer resources() {
        var names = Checkpointer.resources();
        return Answer.ok(names, "resources=" + names.size() + (resourcesAreKnown ? "" : " unreachable=true"));
    }

    /** Every descriptor with what it refers to, and what has to be done about those that cannot come back. */
    private Answer descriptors() throws IOException {
        var lines = new ArrayList<>(open());
        int count = lines.size();
        try {
            var obstacles = Checkpointer.obstacles(
                    CheckpointRequest.builder().build(),
                    Set.of(checkpoints.socket().path()));
            obstacles.forEach(obstacle -> lines.add(obstacle.getMessage()));
            return Answer.ok(lines, "descriptors=" + count + " obstacles=" + obstacles.size());
        } catch (EngineException e) {
            return Answer.error(Ending.failed(e).details(), "the descriptors cannot be looked at");
        }
    }

    private static List<String> open() throws IOException {
        record Open(int number, String target) {}
        var directory = Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd");
        var found = new ArrayList<Open>();
        try (var entries = Files.newDirectoryStream(directory)) {
            for (var entry : entries) {
                try {
                    found.add(new Open(
                            Integer.parseInt(entry.getFileName().toString()),
                            Files.readSymbolicLink(entry).toString()));
                } catch (NoSuchFileException e) {
                    continue; // closed meanwhile
                }
            }
        }
        return found.stream()
                .sorted(Comparator.comparingInt(Open::number))
                .map(open -> open.number() + " " + open.target())
                .toList();
    }
}
