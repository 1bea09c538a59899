package dev.checkpointer.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What is done with images as files. */
@Command(
        name = "image",
        description = "Looks after images.",
        subcommands = {
            ImageVerify.class,
            ImageMap.class,
            ImageObjects.Listing.class,
            ImageObjects.Show.class,
            ImageObjects.Remove.class,
            ImageObjects.Tag.class,
            ImageTransfer.Export.class,
            ImageTransfer.Import.class,
            ImageTransfer.Key.class,
            ImageTransfer.Prune.class
        },
        mixinStandardHelpOptions = true)
final class ImageCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "name what to do with an image, as \"image verify\"");
    }
}
