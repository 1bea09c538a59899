package dev.checkpointer.cli;

import dev.checkpointer.criu.ImageVerification;
import dev.checkpointer.engine.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Notes hashes of an image, or compares it with them. A directory is looked at here, any other image by the daemon. */
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
final class ImageVerify implements Callable<Integer> {
    /** What the daemon's images can be called. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}");

    @Parameters(
            paramLabel = "IMAGE",
            description = "a directory, or the id, the beginning of that or a tag of an image that the daemon keeps")
    private String image;

    @Option(names = "--trust", description = "also an image that others could have changed")
    private boolean trust;

    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    private final Console console;

    ImageVerify(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws EngineException, CommandException {
        if (image.isEmpty()) { // an unset variable of a script, not the current directory
            throw new CommandLine.ParameterException(spec.commandLine(), "name an image");
        }
        boolean kept = NAME.matcher(image).matches() && !Files.exists(Path.of(image));
        var answer = kept ? ofDaemon() : ofDirectory();
        if (common.json()) {
            console.json(answer);
        }
        if (!Boolean.TRUE.equals(answer.get("ok"))) {
            throw damaged(answer);
        }
        if (!common.json()) {
            tell(answer);
        }
        return ExitStatus.DONE;
    }

    /** As the daemon would answer, with the directory for an id. */
    private Map<String, Object> ofDirectory() throws EngineException {
        var verification = ImageVerification.of(Path.of(image), trust);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("image", verification.directory().toString());
        answer.putAll(verification.document());
        return answer;
    }

    private Map<String, Object> ofDaemon() throws CommandException {
        try (var client = DaemonClient.ofSettings()) {
            return client.post("/v1/images/" + DaemonClient.segment(image) + "/verify", Map.of("trust", trust));
        } catch (DaemonException e) {
            if (e.kind().equals(DaemonException.ABSENT) || e.kind().equals(DaemonException.MISSING)) {
                throw new CommandException(
                        ExitStatus.INCOMPLETE,
                        "there is no directory " + Path.of(image).toAbsolutePath() + ", and " + e.getMessage(),
                        "Name the directory of a finished image, or an image of a daemon that runs");
            }
            throw e;
        }
    }

    /** The first file in the sentence that is told of one; all of them when there are more. */
    private static CommandException damaged(Map<String, Object> answer) {
        var messages = ServiceCommand.objects(answer, "differences").stream()
                .map(difference -> ServiceCommand.text(difference, "message"))
                .toList();
        int others = messages.size() - 1;
        return new CommandException(
                ExitStatus.INCOMPLETE,
                "the image in " + answer.get("directory") + " is damaged: " + messages.get(0)
                        + (others == 0 ? "" : ", and " + others + (others == 1 ? " file" : " files") + " more"),
                "Copy the image again, or make the checkpoint again",
                messages.subList(1, messages.size()),
                null);
    }

    private void tell(Map<String, Object> answer) {
        boolean compared = Boolean.TRUE.equals(answer.get("compared"));
        console.line(answer.get("directory") + ": "
                + (compared
                        ? answer.get("files") + " files are as they were when their hashes were noted"
                        : "noted the hashes of " + answer.get("files")
                                + " files; from now on a verify compares with them"));
    }
}
