package dev.checkpointer.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the daemon does with the images that it keeps. One is named by its id, the beginning of that, a tag or its directory. */
final class ImageObjects {
    private static final String PATH = "/v1/images";

    private ImageObjects() {}

    private static String path(String image) {
        return PATH + "/" + DaemonClient.segment(image);
    }

    /** Lists the images. */
    @Command(name = "list", aliases = "ls", description = "Lists the images that the daemon keeps.")
    static final class Listing extends ServiceCommand.Question {
        @Option(
                names = {"-q", "--quiet"},
                description = "print the ids alone")
        private boolean quiet;

        Listing(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var answer = client.get(PATH);
            if (common.json()) {
                console.json(answer);
                return;
            }
            var table = new Table("OBJECT_ID", "COMM", "PAGE_SIZE", "CTIME", "TAGS");
            for (var image : ServiceCommand.objects(answer, "images")) {
                if (quiet) {
                    console.line(ServiceCommand.text(image, "id"));
                }
                table.row(
                        ServiceCommand.text(image, "id"),
                        ServiceCommand.text(image, "comm"),
                        Bytes.text(((Number) image.get("pageSize")).longValue()),
                        ServiceCommand.text(image, "created"),
                        String.join(",", ServiceCommand.strings(image, "tags")));
            }
            if (!quiet) {
                table.print(console);
            }
        }
    }

    /** Tells all about an image. */
    @Command(name = "show", description = "Tells all about an image.")
    static final class Show extends ServiceCommand.Question {
        @Parameters(paramLabel = "IMAGE", description = "its id, the beginning of that, a tag or its directory")
        private String image;

        Show(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            Details.print(console, common, client.get(path(image)));
        }
    }

    /** Removes images. */
    @Command(name = "rm", description = "Removes images.")
    static final class Remove extends ServiceCommand.Question {
        @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "ids, beginnings of ids, tags or directories")
        private List<String> images;

        Remove(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            for (var image : images) {
                var answer = client.delete(path(image));
                tell(answer, answer.get("id"));
            }
        }
    }

    /** Names an image. */
    @Command(name = "tag", description = "Gives an image a name, which another one loses with that.")
    static final class Tag extends ServiceCommand.Question {
        @Parameters(index = "0", paramLabel = "IMAGE", description = "its id, the beginning of that, or a tag")
        private String image;

        @Parameters(index = "1", paramLabel = "TAG", description = "the name, for instance web:1.2")
        private String tag;

        Tag(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("tag", tag);
            var answer = client.post(path(image) + "/tag", body);
            tell(answer, answer.get("id"));
        }
    }
}
