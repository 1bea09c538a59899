package dev.checkpointer.cli;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.crac.CheckpointException;

/** One checkpoint of another process: its hooks, the dump, and the end of what was begun. For one thread. */
final class Checkpoint {
    private final Console console;
    private final CheckpointRequest request;
    private final Path image;
    private final boolean askAgent;
    private final boolean attach;
    private Hooks hooks;
    private long ready;

    /** The image's directory is expanded already. */
    Checkpoint(Console console, CheckpointRequest request, Path image, boolean askAgent, boolean attach) {
        this.console = console;
        this.request = request;
        this.image = image;
        this.askAgent = askAgent;
        this.attach = attach;
    }

    /** Nothing of it is left half done, also when this thread is interrupted. */
    CheckpointResult run() throws CommandException {
        long start = System.nanoTime();
        var interruption = Interruption.begin();
        try {
            dump();
        } finally {
            interruption.end();
        }
        long end = System.nanoTime();
        return new CheckpointResult(
                request,
                image,
                Optional.ofNullable(hooks).map(Hooks::source),
                Duration.ofNanos(ready - start),
                Duration.ofNanos(end - ready),
                Duration.ofNanos(end - start));
    }

    private void dump() throws CommandException {
        try {
            Checkpointer.checkpoint(request, this::prepare);
        } catch (CheckpointException e) {
            throw undone(DumpRefusal.of(request.pid().orElseThrow(), e));
        }
        if (hooks != null) {
            finish();
        }
    }

    private Map<String, String> prepare() throws CommandException {
        Map<String, String> sizes = Map.of();
        long pid = request.pid().orElseThrow();
        if (askAgent) {
            try {
                console.progress("preparing process " + pid);
                hooks = Hooks.of(request, attach);
                if (hooks.source() == Hooks.Source.LOADED) {
                    console.note("agent loaded into process " + pid);
                }
                sizes = hooks.begin();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandException(ExitStatus.CRIU, "interrupted before the dump began", "");
            }
        }
        ready = System.nanoTime();
        console.progress("dumping process " + pid + " to " + image);
        return sizes;
    }

    /** Adds to a failure what failed afterwards. */
    private CommandException undone(CommandException failure) {
        return hooks == null ? failure : failure.with(hooks.end());
    }

    private void finish() throws CommandException {
        if (!request.leaveRunning()) {
            hooks.leave();
            return;
        }
        var failures = hooks.end();
        if (!failures.isEmpty()) {
            throw new CommandException(
                    ExitStatus.AFTERWARDS,
                    "the image " + image + " is finished, but process "
                            + request.pid().orElseThrow() + ", which goes on, failed afterwards: " + failures.get(0),
                    "Look at what the program wrote; the image is good",
                    List.copyOf(failures.subList(1, failures.size())),
                    null);
        }
    }
}
