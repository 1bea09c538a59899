package dev.checkpointer.criu;

import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The standard streams of a restored program: what stands in for those that it had at the dump. */
final class Streams {
    /** In CRIU's process; the script {@code restore.sh} opens them. */
    private static final int FIRST_DESCRIPTOR = 4;

    private static final String[] NAMES = {"standard input", "standard output", "standard error"};

    private final List<Redirect> redirects;

    Streams(RestoreRequest request) {
        redirects = List.of(request.input(), request.output(), request.error());
    }

    /** The streams in the words of {@code restore.sh}. */
    List<String> words() {
        return redirects.stream().map(Streams::word).toList();
    }

    private static String word(Redirect redirect) {
        return switch (redirect.type()) {
            case INHERIT -> "inherit";
            case READ -> "<" + absolute(redirect);
            case WRITE -> ">" + absolute(redirect);
            case APPEND -> ">>" + absolute(redirect);
            case PIPE -> throw new IllegalArgumentException("a restored program cannot have " + redirect);
        };
    }

    private static Path absolute(Redirect redirect) {
        return redirect.file().toPath().toAbsolutePath();
    }

    /** Refuses what cannot be opened before anything is begun. Named pipes are left alone: to open one may block. */
    void requireUsable() throws EngineException {
        for (int number = 0; number <= 2; number++) {
            var redirect = redirects.get(number);
            if (redirect.type() == Redirect.Type.INHERIT) {
                continue;
            }
            var file = absolute(redirect);
            try {
                if (redirect.type() == Redirect.Type.READ) {
                    if (!Files.isReadable(file)) {
                        throw new IOException(file + " is missing or not readable");
                    }
                } else if (Files.notExists(file) || Files.isRegularFile(file)) {
                    Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                            .close();
                }
            } catch (IOException e) {
                throw new EngineException(
                        FailureKind.NOT_WRITABLE,
                        "cannot open the program's " + NAMES[number] + ": " + e,
                        "Name a file that this user may use");
            }
        }
    }

    /**
     * What stands in for which of the streams that the image knows. One key stands for all descriptors that refer to the
     * same thing; output matters more than input then.
     */
    List<RestoreOptions.Inherited> inherited(Image image) throws EngineException {
        var inherited = new ArrayList<RestoreOptions.Inherited>();
        for (int number : new int[] {1, 2, 0}) {
            var key = image.manifest().get("stdio." + number);
            if (key.isPresent() && inherited.stream().noneMatch(i -> i.key().equals(key.get()))) {
                inherited.add(
                        new RestoreOptions.Inherited(key.get(), FIRST_DESCRIPTOR + substitute(key.get(), number)));
            }
        }
        return inherited;
    }

    /** CRIU restores a terminal's modes, so that only a terminal can stand in for one; whichever of ours is one serves. */
    private int substitute(String key, int number) throws EngineException {
        if (!key.startsWith("tty[")) {
            return number;
        }
        for (int candidate : new int[] {number, 0, 1, 2}) {
            if (isTerminal(candidate)) {
                return candidate;
            }
        }
        throw new EngineException(
                FailureKind.IMAGE_REFUSED,
                "the program was dumped on a terminal, and here none of standard input, output and error is one",
                "Restore on a terminal (for instance by script -q -c), or make the checkpoint with redirected standard"
                        + " streams");
    }

    private boolean isTerminal(int number) {
        var redirect = redirects.get(number);
        var file = redirect.type() == Redirect.Type.INHERIT ? Path.of("/proc/self/fd/" + number) : absolute(redirect);
        try {
            var target = file.toRealPath().toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false; // closed, or not a file
        }
    }
}
