package dev.checkpointer.cli;

import dev.checkpointer.cli.image.DumpStatistics;
import dev.checkpointer.cli.image.ImageSize;
import dev.checkpointer.cli.image.ProgramImage;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.Image;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what is in an image. */
@Command(
        name = "inspect",
        description = "Tells what is in an image, and whether this machine can restore it.",
        footer = {
            "",
            "Exit status: 0 the image was read, 2 bad usage, 111 there is no complete image, 112 it may not be read."
        })
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "the directory of the image")
    private Path directory;

    @Option(names = "--show-values", description = "show the values of environment variables too; they may be secrets")
    private boolean showValues;

    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    private final Console console;

    InspectCommand(Console console) {
        this.console = console;
    }

    /** Everything that is known of an image. */
    record Facts(
            Image image,
            ProgramImage program,
            ImageSize size,
            Optional<DumpStatistics> statistics,
            List<String> obstacles,
            boolean pidInUse) {}

    @Override
    public Integer call() throws EngineException, IOException {
        if (directory.toString().isEmpty()) { // an unset variable of a script, not the current directory
            throw new CommandLine.ParameterException(spec.commandLine(), "name the directory of an image");
        }
        var image = Image.open(directory);
        var facts = new Facts(
                image,
                ProgramImage.read(image.directory()),
                ImageSize.of(image.directory()),
                DumpStatistics.read(image.directory()),
                obstacles(image),
                image.pidInUse());
        if (common.json()) {
            console.json(InspectJson.of(facts, showValues));
        } else {
            new InspectText(console, facts, showValues).print();
        }
        return ExitStatus.DONE;
    }

    private static List<String> obstacles(Image image) {
        var obstacles = new ArrayList<String>();
        try {
            image.requireTrusted();
        } catch (EngineException e) {
            obstacles.add(CommandException.message(e));
        }
        try {
            image.differences(CriuCommand.find()).forEach(difference -> obstacles.add(difference.what()));
        } catch (EngineException e) {
            obstacles.add(CommandException.message(e));
        }
        return obstacles;
    }

    static String name(String variable) {
        int sign = variable.indexOf('=');
        return sign < 0 ? variable : variable.substring(0, sign);
    }

    static String value(String variable) {
        return variable.substring(Math.min(variable.length(), name(variable).length() + 1));
    }
}
