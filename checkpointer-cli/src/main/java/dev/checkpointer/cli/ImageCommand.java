package dev.checkpointer.cli;

import dev.checkpointer.criu.Image;
import dev.checkpointer.criu.ImageHashes;
import dev.checkpointer.engine.EngineException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is done with images as files. */
@Command(
        name = "image",
        description = "Looks after images.",
        subcommands = {
            ImageCommand.Verify.class,
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

    /** Notes hashes of an image, or compares it with them. */
    @Command(
            name = "verify",
            description = {
                "Compares the content of an image with the SHA-256 hashes in its manifest.",
                "A checkpoint notes none, since the program would have to wait for them: the first verify of an image does, and so"
                        + " says from when on it is known to be unchanged."
            },
            footer = {
                "",
                "Exit status: 0 the image is as it was, or its hashes were noted now, 2 bad usage, 111 there is no complete"
                        + " image or it has changed, 112 it may not be read or changed, or others could have changed it."
            })
    static final class Verify implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "the directory of the image")
        private Path directory;

        @Option(names = "--trust", description = "also an image that others could have changed")
        private boolean trust;

        @Mixin
        private CommonOptions common;

        @Spec
        private CommandSpec spec;

        private final Console console;

        Verify(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws EngineException {
            if (directory.toString().isEmpty()) { // an unset variable of a script, not the current directory
                throw new CommandLine.ParameterException(spec.commandLine(), "name the directory of an image");
            }
            var image = Image.open(directory);
            if (!trust) {
                image.requireTrusted();
            }
            var hashes = new ImageHashes(image);
            boolean compared = hashes.areNoted();
            if (compared) {
                hashes.verify();
            } else {
                hashes.note();
            }
            tell(image, compared);
            return ExitStatus.DONE;
        }

        private void tell(Image image, boolean compared) {
            int files = image.manifest().withPrefix("image.").size();
            if (common.json()) {
                var json = new LinkedHashMap<String, Object>();
                json.put("image", image.directory().toString());
                json.put("files", files);
                json.put("compared", compared);
                console.json(json);
            } else if (compared) {
                console.line(image.directory() + ": " + files + " files are as they were when their hashes were noted");
            } else {
                console.line(image.directory() + ": noted the hashes of " + files
                        + " files; from now on a verify compares with them");
            }
        }
    }
}
