package dev.checkpointer.cli;

import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.archive.ArchiveKey;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Images as single files, which go from one daemon to another. */
final class ImageTransfer {
    private static final String HEADER = "Checkpointer-Key";
    private static final String STANDARD = "-";

    private ImageTransfer() {}

    /** A question in which an archive has a part. */
    abstract static class Archive extends ServiceCommand.Question {
        @Option(
                names = "--key-file",
                paramLabel = "FILE",
                description = "the key that the archive is encrypted with; \"image key FILE\" makes one")
        private Path keyFile;

        Archive(Console console) {
            super(console);
        }

        void bringKey(DaemonClient client) throws CommandException {
            if (keyFile != null) {
                try {
                    client.header(HEADER, ArchiveKey.read(keyFile).text());
                } catch (ManagerException e) {
                    throw DaemonCommand.failure(e);
                }
            }
        }
    }

    /** Writes an image to a file. */
    @Command(name = "export", description = "Writes an image to one file, for \"image import\" on any machine.")
    static final class Export extends Archive {
        @Parameters(
                index = "0",
                paramLabel = "IMAGE",
                description = "its id, the beginning of that, a tag or its directory")
        private String image;

        @Parameters(index = "1", paramLabel = "FILE", description = "a new file, or - for standard output")
        private String file;

        Export(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            bringKey(client);
            var path = "/v1/images/" + DaemonClient.segment(image) + "/export";
            if (file.equals(STANDARD)) {
                client.copy(path, console.stream());
                return;
            }
            var target = Path.of(file);
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try (var channel = Files.newByteChannel(
                            target, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
                    var output = Channels.newOutputStream(channel)) {
                client.copy(path, output);
            } catch (IOException e) {
                throw new CommandException(ExitStatus.REFUSED, "cannot write " + target + ": " + e, "Name a new file");
            } catch (CommandException e) {
                delete(target);
                throw e;
            }
        }

        private static void delete(Path target) throws CommandException {
            try {
                Files.delete(target);
            } catch (IOException e) {
                throw new CommandException(ExitStatus.FAILED, "half an archive is left in " + target, "Remove it");
            }
        }
    }

    /** Takes an image from a file. */
    @Command(
            name = "import",
            description = "Takes an image from a file that \"image export\" wrote, and prints its id.")
    static final class Import extends Archive {
        @Parameters(paramLabel = "FILE", description = "the file, or - for standard input")
        private String file;

        Import(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            bringKey(client);
            try (var input = file.equals(STANDARD) ? System.in : Files.newInputStream(Path.of(file))) {
                var answer = client.send("/v1/images/import", input);
                tell(answer, answer.get("id"));
            } catch (IOException e) {
                throw new CommandException(ExitStatus.REFUSED, "cannot read " + file + ": " + e, "");
            }
        }
    }

    /** Makes a key. */
    @Command(
            name = "key",
            description = "Makes a key for encrypted exports, in a new file that its owner alone may read.")
    static final class Key implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "the new file")
        private Path file;

        @Mixin
        private CommonOptions common;

        @Override
        public Integer call() throws CommandException {
            try {
                ArchiveKey.create(file);
                return ExitStatus.DONE;
            } catch (ManagerException e) {
                throw DaemonCommand.failure(e);
            }
        }
    }

    /** Removes images that nobody needs. */
    @Command(
            name = "prune",
            description = "Removes the images that have no tag and from which no service would come back.")
    static final class Prune extends ServiceCommand.Question {
        Prune(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var answer = client.post("/v1/images/prune", Map.of());
            if (common.json()) {
                console.json(answer);
            } else {
                ServiceCommand.objects(answer, "images")
                        .forEach(image -> console.line(ServiceCommand.text(image, "id")));
            }
        }
    }
}
