package dev.checkpointer.criu.exec;

import dev.checkpointer.MachineDifference;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The arguments of the launcher for a restore. Pure. */
final class LauncherArguments {
    /** The launcher is a shell script, and a shell knows the descriptors 0 to 9 alone. */
    private static final int MOST_INHERITED = 2;

    /** CRIU's name of the descriptor through which the program is told something. */
    private static final String CHANNEL = "dev/full";

    private LauncherArguments() {}

    /**
     * The arguments, beginning with {@code restore}.
     *
     * @param criu the command
     * @param request what to restore
     * @param pidFile where the launcher tells the PID
     * @param guardian where the launcher tells who watches the memory of a program that is restored lazily
     * @param messages where the launcher says what failed; its own streams may be the program's
     * @return the arguments
     * @throws EngineException when the launcher cannot do what is asked
     */
    static List<String> of(Path criu, RestoreRequest request, Path pidFile, Path guardian, Path messages)
            throws EngineException {
        requirePossible(request);
        var arguments = new ArrayList<>(List.of("restore"));
        if (!request.child()) {
            arguments.add("--detach");
        }
        arguments.addAll(List.of("--criu", criu.toString()));
        arguments.addAll(List.of("--pidfile", pidFile.toString()));
        arguments.addAll(List.of("--messages", messages.toString()));
        arguments.addAll(List.of("--timeout", request.timeout().toMillis() + "ms"));
        arguments.addAll(List.of("--log-level", Integer.toString(request.logLevel())));
        arguments.addAll(List.of("--pid-namespace", word(request.pidNamespace())));
        arguments.addAll(streams(request));
        others(request)
                .forEach(key -> arguments.addAll(
                        List.of("--inherit-fd", key, stream(request.inherited().get(key)))));
        Optional.ofNullable(request.inherited().get(CHANNEL))
                .ifPresent(file ->
                        arguments.addAll(List.of("--message", file.file().toString())));
        request.external().forEach(resource -> arguments.addAll(List.of("--external", resource)));
        request.cgroups().ifPresent(mode -> arguments.addAll(List.of("--manage-cgroups", word(mode))));
        if (request.lazy()) {
            arguments.addAll(List.of("--lazy", "--guardian", guardian.toString()));
        }
        if (!request.ignored().isEmpty()) {
            arguments.addAll(List.of("--ignore", words(request.ignored())));
        }
        if (request.trust()) {
            arguments.add("--trust");
        }
        if (request.verify()) {
            arguments.add("--verify");
        }
        arguments.add(request.imageDirectory().toAbsolutePath().toString());
        return arguments;
    }

    private static String words(Set<MachineDifference> differences) {
        return differences.stream().map(MachineDifference::word).sorted().collect(Collectors.joining(","));
    }

    private static void requirePossible(RestoreRequest request) throws EngineException {
        if (request.listener().isPresent()) {
            throw unavailable("cannot tell a listener how far a restore is");
        }
        var third = others(request).skip(MOST_INHERITED).findFirst();
        if (third.isPresent()) {
            throw unavailable("has room for two inherited descriptors, and " + third.get() + " is the third");
        }
    }

    /** The launcher has a place of its own for what the program is told. */
    private static Stream<String> others(RestoreRequest request) {
        return request.inherited().keySet().stream().filter(key -> !key.equals(CHANNEL));
    }

    static EngineException unavailable(String what) {
        return new EngineException(
                FailureKind.UNAVAILABLE, "engine criu-exec " + what, "Use the engine criu-rpc or libcriu");
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** One file for output and error is opened once, so that neither writes over the other. */
    private static List<String> streams(RestoreRequest request) {
        var streams = new ArrayList<>(List.of("--input", stream(request.input())));
        streams.addAll(List.of("--output", stream(request.output())));
        if (request.error().type() == Redirect.Type.INHERIT || !request.error().equals(request.output())) {
            streams.addAll(List.of("--error", stream(request.error())));
        }
        return streams;
    }

    private static String stream(Redirect redirect) {
        return switch (redirect.type()) {
            case INHERIT -> "-";
            case READ -> "<" + redirect.file().toPath().toAbsolutePath();
            case WRITE -> ">" + redirect.file().toPath().toAbsolutePath();
            case APPEND -> ">>" + redirect.file().toPath().toAbsolutePath();
            case PIPE -> throw new IllegalArgumentException("a restored program cannot have " + redirect);
        };
    }
}
