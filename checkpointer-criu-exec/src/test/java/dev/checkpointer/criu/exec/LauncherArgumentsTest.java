package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.MachineDifference;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LauncherArgumentsTest {
    private static final List<String> BEFORE_STREAMS = List.of(
            "restore",
            "--detach",
            "--criu",
            "/sbin/criu",
            "--pidfile",
            "/scratch/pid",
            "--messages",
            "/scratch/messages",
            "--timeout",
            "1500ms",
            "--log-level",
            "2",
            "--pid-namespace",
            "auto");
    private static final List<String> PLAIN = Stream.concat(
                    BEFORE_STREAMS.stream(), Stream.of("--input", "</dev/null", "--output", ">/dev/null"))
            .toList();

    private static RestoreRequest.Builder plain() {
        return RestoreRequest.builder(Path.of("/images/a b"))
                .timeout(Duration.ofMillis(1500))
                .logLevel(2);
    }

    private static List<String> arguments(RestoreRequest.Builder request) throws EngineException {
        return LauncherArguments.of(
                Path.of("/sbin/criu"),
                request.build(),
                Path.of("/scratch/pid"),
                Path.of("/scratch/guardian"),
                Path.of("/scratch/messages"));
    }

    private static List<String> with(List<String> arguments, String... more) {
        var all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        all.add("/images/a b");
        return all;
    }

    @Test
    void plainRestoreIsDetachedWithoutStreams() throws Exception {
        assertEquals(with(PLAIN), arguments(plain()));
    }

    static Stream<Arguments> additions() {
        return Stream.of(
                Arguments.of(plain().lazy(true), List.of("--lazy", "--guardian", "/scratch/guardian")),
                Arguments.of(
                        plain().ignore(MachineDifference.KERNEL, MachineDifference.CPU),
                        List.of("--ignore", "cpu,kernel")),
                Arguments.of(plain().trust(true).verify(true), List.of("--trust", "--verify")),
                Arguments.of(plain().cgroups(CgroupMode.STRICT), List.of("--manage-cgroups", "strict")),
                Arguments.of(
                        plain().external("dev[1/3]:a").external("net[4]:b"),
                        List.of("--external", "dev[1/3]:a", "--external", "net[4]:b")),
                Arguments.of(
                        plain().inherit("var/a=b", Redirect.to(new File("/w")))
                                .inherit("pipe:[1]", Redirect.from(new File("/r"))),
                        List.of("--inherit-fd", "var/a=b", ">/w", "--inherit-fd", "pipe:[1]", "</r")),
                Arguments.of(
                        plain().inherit("log", Redirect.appendTo(new File("/a"))),
                        List.of("--inherit-fd", "log", ">>/a")));
    }

    @ParameterizedTest
    @MethodSource
    void additions(RestoreRequest.Builder request, List<String> arguments) throws Exception {
        assertEquals(with(PLAIN, arguments.toArray(String[]::new)), arguments(request));
    }

    static Stream<Arguments> streams() {
        var log = Redirect.appendTo(new File("/log"));
        var inherit = Redirect.INHERIT;
        return Stream.of(
                Arguments.of(plain().input(Redirect.from(new File("/in"))), "</in", ">/dev/null", null),
                Arguments.of(plain().output(Path.of("/log")), "</dev/null", ">>/log", null),
                Arguments.of(plain().output(Redirect.to(new File("/new"))).error(log), "</dev/null", ">/new", ">>/log"),
                Arguments.of(plain().error(inherit), "</dev/null", ">/dev/null", "-"),
                Arguments.of(plain().input(inherit).output(inherit).error(inherit), "-", "-", "-"));
    }

    @ParameterizedTest
    @MethodSource
    void streams(RestoreRequest.Builder request, String input, String output, String error) throws Exception {
        var streams = new ArrayList<>(List.of("--input", input, "--output", output));
        if (error != null) {
            streams.addAll(List.of("--error", error));
        }
        assertEquals(with(BEFORE_STREAMS, streams.toArray(String[]::new)), arguments(request));
    }

    @Test
    void childIsNotDetached() throws Exception {
        var arguments = arguments(plain().child(true).pidNamespace(PidNamespace.NEVER));
        assertTrue(!arguments.contains("--detach"), arguments::toString);
        assertEquals("never", arguments.get(arguments.indexOf("--pid-namespace") + 1));
    }

    @Test
    void relativeFilesAreMadeAbsolute() throws Exception {
        var arguments = arguments(plain().output(Path.of("log")));
        assertTrue(arguments.contains(">>" + Path.of("log").toAbsolutePath()), arguments::toString);
    }

    @Test
    void whatTheLauncherCannotDoIsRefusedByName() {
        assertRefused(plain().listener((stage, pid) -> {}), "criu-exec cannot tell a listener");
        var file = Redirect.from(new File("/r"));
        assertRefused(
                plain().inherit("one", file).inherit("two", file).inherit("three", file),
                "room for two inherited descriptors, and three is the third");
    }

    private static void assertRefused(RestoreRequest.Builder request, String message) {
        var exception = assertThrows(EngineException.class, () -> arguments(request));
        assertEquals(FailureKind.UNAVAILABLE, exception.kind());
        assertTrue(exception.getMessage().contains(message), exception::getMessage);
        assertTrue(exception.remedy().contains("criu-rpc or libcriu"), exception::remedy);
    }

    @Test
    void listenerOfADumpIsRefusedByName() {
        var request = CheckpointRequest.builder().listener((stage, pid) -> {});
        var exception = assertThrows(EngineException.class, () -> new CriuExecEngine().checkpoint(request.build()));
        assertEquals(FailureKind.UNAVAILABLE, exception.kind());
        assertTrue(exception.getMessage().contains("criu-exec cannot tell a listener"), exception::getMessage);
    }
}
