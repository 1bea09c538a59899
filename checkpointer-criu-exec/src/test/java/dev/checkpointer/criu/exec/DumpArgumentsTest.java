package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Settings;
import dev.checkpointer.ShellJob;
import dev.checkpointer.TcpMode;
import dev.checkpointer.criu.DumpOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DumpArgumentsTest {
    private static final List<String> PLAIN = List.of(
            "/sbin/criu",
            "dump",
            "--tree",
            "42",
            "--images-dir",
            "/images/a b",
            "--log-file",
            "dump.log",
            "-v2",
            "--ghost-limit",
            "67108864",
            "--no-default-config");

    private static CheckpointRequest.Builder plain() {
        return CheckpointRequest.builder(Settings.of(Map.of(), Map.of()))
                .imageDirectory(Path.of("/images/a b"))
                .fileLocks(false)
                .shellJob(ShellJob.FALSE);
    }

    private static List<String> arguments(CheckpointRequest.Builder request, boolean unprivileged) {
        return DumpArguments.of(Path.of("/sbin/criu"), DumpOptions.of(request.build(), 42, unprivileged));
    }

    @Test
    void plainDumpHasNothingOptional() {
        assertEquals(PLAIN, arguments(plain(), false));
    }

    static Stream<Arguments> options() {
        return Stream.of(
                Arguments.of(plain().tcp(TcpMode.CLOSE), "--tcp-close"),
                Arguments.of(plain().tcp(TcpMode.ESTABLISHED), "--tcp-established"),
                Arguments.of(plain().fileLocks(true), "--file-locks"),
                Arguments.of(plain().shellJob(ShellJob.TRUE), "--shell-job"),
                Arguments.of(plain().leaveRunning(true), "--leave-running"),
                Arguments.of(plain().cgroups(CgroupMode.STRICT), "--manage-cgroups=strict"));
    }

    @ParameterizedTest
    @MethodSource("options")
    void eachOptionAddsItsArgument(CheckpointRequest.Builder request, String argument) {
        var expected = Stream.concat(PLAIN.stream(), Stream.of(argument)).toList();
        assertEquals(expected, arguments(request, false));
    }

    @Test
    void externalResourcesAreNamedOneByOne() {
        var expected = Stream.concat(PLAIN.stream(), Stream.of("--external", "dev[1/3]:a", "--external", "net[4]:b"));
        assertEquals(expected.toList(), arguments(plain().external("dev[1/3]:a").external("net[4]:b"), false));
    }

    @Test
    void withoutRootCriuIsTold() {
        var expected =
                Stream.concat(PLAIN.stream(), Stream.of("--unprivileged")).toList();
        assertEquals(expected, arguments(plain(), true));
    }

    @Test
    void logLevelAndGhostLimitAreTheRequests() {
        var arguments = arguments(plain().logLevel(4).ghostLimit(1), false);
        assertEquals("-v4", arguments.get(8));
        assertEquals("1", arguments.get(10));
    }

    @Test
    void stagingDirectoryIsWhereCriuWrites() {
        var arguments = arguments(plain().stagingDirectory(Path.of("/images/new")), false);
        assertEquals("/images/new", arguments.get(5));
    }
}
