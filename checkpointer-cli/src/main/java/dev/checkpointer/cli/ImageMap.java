package dev.checkpointer.cli;

import dev.checkpointer.cli.image.MappedMemory;
import dev.checkpointer.criu.Image;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prepares an image for faster restores, by a view of it whose memory is mapped. */
@Command(
        name = "map",
        description = {
            "Lets restores map the memory of an image instead of reading it, so that a program runs before its memory is there, and"
                    + " clones share what none of them writes.",
            "The program needs the image's file of pages while it runs, and cannot be checkpointed again, unless it is restored with"
                    + " --no-map. Restores by CRIU itself, with --lazy and with --verify read the memory as before."
        },
        footer = {
            "",
            "Exit status: 0 done, 2 bad usage, 111 there is no complete image, 112 it does not serve, may not be changed, or others"
                    + " could have changed it, 113 the trial restore failed."
        })
final class ImageMap implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "the directory of an image")
    private Path directory;

    @Option(
            names = "--learn",
            description = {
                "restore the program once for a trial, note which memory it writes until it is ready, and end it; that memory is"
                        + " read before the program runs, since to write mapped memory costs more than to read it",
                "The program runs as after every restore: it listens, connects and writes where it always does."
            })
    private boolean learn;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "with --learn: the program is ready when a GET of this is answered with a status below 400")
    private URI url;

    @Option(
            names = "--settle",
            paramLabel = "MILLIS",
            description = "with --learn: how long the program runs on when it is ready (default ${DEFAULT-VALUE})",
            defaultValue = "500")
    private int settle;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "with --learn: deadline until the program is ready (default ${DEFAULT-VALUE})",
            defaultValue = "60")
    private int timeout;

    @Option(names = "--undo", description = "let restores read the memory again")
    private boolean undo;

    @Option(names = "--trust", description = "also an image that others could have changed")
    private boolean trust;

    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    private final Console console;

    ImageMap(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws EngineException, CommandException, InterruptedException {
        if (directory.toString().isEmpty()) { // an unset variable of a script, not the current directory
            throw new CommandLine.ParameterException(spec.commandLine(), "name the directory of an image");
        }
        if (url != null && !learn) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--url makes sense with --learn alone");
        }
        if (undo && learn) {
            throw new CommandLine.ParameterException(spec.commandLine(), "choose --learn or --undo");
        }
        if (settle < 0 || timeout <= 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--settle is no less than 0, and --timeout more than that");
        }
        var image = Image.open(directory);
        if (!trust) {
            image.requireTrusted();
        }
        try {
            if (undo) {
                tellUndone(MappedMemory.remove(image.directory()));
                return ExitStatus.DONE;
            }
            var result = MappedMemory.make(image.directory(), Set.of());
            if (learn) {
                result = MappedMemory.make(image.directory(), learned(image));
            }
            tell(result);
            return ExitStatus.DONE;
        } catch (IOException e) {
            throw new CommandException(
                    ExitStatus.REFUSED,
                    "cannot change the image in " + image.directory() + ": " + e,
                    "Work as its owner");
        }
    }

    /** A view that was not tried is not left behind when the trial fails. */
    private Set<Long> learned(Image image) throws CommandException, InterruptedException, IOException {
        try (var trial = TrialRestore.start(image, trust, Duration.ofSeconds(timeout))) {
            trial.awaitReady(url, Duration.ofMillis(settle));
            return trial.written();
        } catch (CommandException | IOException | InterruptedException e) {
            MappedMemory.remove(image.directory());
            throw e;
        }
    }

    private void tell(MappedMemory.Result result) {
        if (common.json()) {
            var answer = new LinkedHashMap<String, Object>();
            answer.put("image", directory.toAbsolutePath().toString());
            answer.put("mapped", result.mapped());
            answer.put("read", result.read());
            console.json(answer);
            return;
        }
        console.line(directory.toAbsolutePath() + ": " + Bytes.text(result.mapped()) + " of memory are mapped, "
                + Bytes.text(result.read()) + " are read before the program runs");
    }

    private void tellUndone(boolean there) {
        if (common.json()) {
            var answer = new LinkedHashMap<String, Object>();
            answer.put("image", directory.toAbsolutePath().toString());
            answer.put("undone", there);
            console.json(answer);
        } else {
            console.line(directory.toAbsolutePath() + ": "
                    + (there ? "restores read its memory again" : "its memory was not mapped"));
        }
    }
}
