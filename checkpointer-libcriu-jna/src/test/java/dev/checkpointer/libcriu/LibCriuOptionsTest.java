package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Settings;
import dev.checkpointer.ShellJob;
import dev.checkpointer.TcpMode;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibCriuOptionsTest {
    private static final List<String> PLAIN_FLAGS = List.of(
            "criu_set_log_file dump.log",
            "criu_set_log_level 2",
            "criu_set_tcp_close false",
            "criu_set_tcp_established false",
            "criu_set_file_locks false",
            "criu_set_shell_job false",
            "criu_set_unprivileged false");

    private final List<String> calls = new ArrayList<>();

    /** A library that notes what it is told, and lacks some functions. */
    private LibCriuOptions without(String... functions) {
        var missing = Set.of(functions);
        var library = (LibCriu) Proxy.newProxyInstance(
                LibCriu.class.getClassLoader(), new Class<?>[] {LibCriu.class}, (proxy, method, arguments) -> {
                    if (missing.contains(method.getName())) {
                        throw new UnsatisfiedLinkError(method.getName());
                    }
                    calls.add(method.getName() + " " + text(arguments));
                    return method.getReturnType() == int.class ? 0 : null;
                });
        return new LibCriuOptions(library);
    }

    private static String text(Object... arguments) {
        return String.join(
                " ",
                Arrays.stream(arguments)
                        .map(argument -> argument instanceof String[] words
                                ? List.of(words).toString()
                                : "" + argument)
                        .toList());
    }

    private static CheckpointRequest.Builder plain() {
        return CheckpointRequest.builder(Settings.of(Map.of(), Map.of()))
                .imageDirectory(Path.of("/images"))
                .fileLocks(false)
                .shellJob(ShellJob.FALSE);
    }

    private static DumpOptions dump(CheckpointRequest.Builder request, boolean unprivileged) {
        return DumpOptions.of(request.build(), 42, unprivileged);
    }

    private static RestoreOptions restore(TcpMode tcp, boolean flags, boolean leaveStopped, List<String> command) {
        return new RestoreOptions(
                Path.of("/images"),
                Path.of("/scratch"),
                "dump.log",
                2,
                tcp,
                flags,
                flags,
                flags,
                flags ? Optional.of(CgroupMode.FULL) : Optional.empty(),
                flags ? List.of("mnt[a]:b") : List.of(),
                flags ? List.of(new RestoreOptions.Inherited("pipe:[7]", 5)) : List.of(),
                false,
                false,
                leaveStopped,
                command);
    }

    @Test
    void plainDumpSetsEveryFlagToFalse() throws Exception {
        without().set(dump(plain(), false), true);
        assertEquals(
                Stream.concat(
                                Stream.of("criu_set_leave_running false", "criu_set_ghost_limit 67108864"),
                                PLAIN_FLAGS.stream())
                        .toList(),
                calls);
    }

    static Stream<Arguments> dumpOptions() {
        return Stream.of(
                Arguments.of(plain().tcp(TcpMode.CLOSE), "criu_set_tcp_close true"),
                Arguments.of(plain().tcp(TcpMode.ESTABLISHED), "criu_set_tcp_established true"),
                Arguments.of(plain().fileLocks(true), "criu_set_file_locks true"),
                Arguments.of(plain().shellJob(ShellJob.TRUE), "criu_set_shell_job true"),
                Arguments.of(plain().leaveRunning(true), "criu_set_leave_running true"),
                Arguments.of(plain().ghostLimit(0xffffffffL), "criu_set_ghost_limit -1"),
                Arguments.of(plain().logLevel(4), "criu_set_log_level 4"),
                Arguments.of(plain().cgroups(CgroupMode.IGNORE), "criu_set_manage_cgroups_mode 0"),
                Arguments.of(plain().cgroups(CgroupMode.STRICT), "criu_set_manage_cgroups_mode 5"),
                Arguments.of(plain().external("dev[1/3]:a"), "criu_add_external dev[1/3]:a"));
    }

    @ParameterizedTest
    @MethodSource("dumpOptions")
    void eachOptionOfADumpIsSet(CheckpointRequest.Builder request, String call) throws Exception {
        without().set(dump(request, false), true);
        assertTrue(calls.contains(call), calls::toString);
    }

    @Test
    void withoutRootCriuIsTold() throws Exception {
        without().set(dump(plain(), true), true);
        assertTrue(calls.contains("criu_set_unprivileged true"), calls::toString);
    }

    @Test
    void anotherProcessIsNamedAndThisOneIsNot() throws Exception {
        without().set(dump(plain(), false), false);
        assertEquals("criu_set_pid 42", calls.get(0));
        calls.clear();
        without().set(dump(plain(), false), true);
        assertFalse(calls.toString().contains("criu_set_pid"), calls::toString);
    }

    @Test
    void plainRestoreSetsEveryFlagToFalse() throws Exception {
        without().set(restore(TcpMode.REFUSE, false, false, List.of()));
        assertEquals(PLAIN_FLAGS, calls);
    }

    @Test
    void fullRestoreSetsEverything() throws Exception {
        without().set(restore(TcpMode.CLOSE, true, false, List.of("/bin/sh", "-c", "true")));
        assertEquals(
                List.of(
                        "criu_set_log_file dump.log",
                        "criu_set_log_level 2",
                        "criu_set_tcp_close true",
                        "criu_set_tcp_established false",
                        "criu_set_file_locks true",
                        "criu_set_shell_job true",
                        "criu_set_unprivileged true",
                        "criu_set_manage_cgroups_mode 4",
                        "criu_add_external mnt[a]:b",
                        "criu_add_inherit_fd 5 pipe:[7]",
                        "criu_set_exec_cmd 3 [/bin/sh, -c, true]"),
                calls);
    }

    private static void assertRefused(String option, EngineException e) {
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().startsWith("this libcriu has no function for the option " + option), e::getMessage);
    }

    static Stream<Arguments> olderLibraries() {
        return Stream.of(
                Arguments.of("tcp_close", plain().tcp(TcpMode.CLOSE), "criu_set_tcp_close"),
                Arguments.of("external", plain().external("a"), "criu_add_external"),
                Arguments.of("manage_cgroups_mode", plain().cgroups(CgroupMode.SOFT), "criu_set_manage_cgroups_mode"),
                Arguments.of("ghost_limit", plain(), "criu_set_ghost_limit"),
                Arguments.of("unprivileged", plain(), "criu_set_unprivileged"));
    }

    @ParameterizedTest
    @MethodSource("olderLibraries")
    void whatTheLibraryLacksIsRefusedByName(String option, CheckpointRequest.Builder request, String function) {
        var e = assertThrows(EngineException.class, () -> without(function).set(dump(request, true), true));
        assertRefused(option, e);
    }

    @ParameterizedTest
    @ValueSource(strings = {"criu_set_unprivileged", "criu_set_tcp_close", "criu_add_external"})
    void whatTheLibraryLacksIsNoObstacleWhenNobodyAsksForIt(String function) throws Exception {
        without(function).set(dump(plain(), false), true);
        assertEquals(0, calls.stream().filter(call -> call.startsWith(function)).count());
    }

    @Test
    void namespaceNeedsALibraryThatTakesAConfigurationFile() {
        var e = assertThrows(
                EngineException.class,
                () -> without("criu_set_config_file").configuration(Path.of("/scratch/restore.conf")));
        assertRefused("config_file", e);
    }

    @Test
    void stoppedProgramIsRefusedByName() {
        var e = assertThrows(
                EngineException.class, () -> without().set(restore(TcpMode.REFUSE, false, true, List.of())));
        assertRefused("leave_stopped", e);
        assertEquals(List.of(), calls);
    }

    @Test
    void limitThatDoesNotFitIsRefusedByName() {
        var request = plain().ghostLimit(0x100000000L);
        assertRefused(
                "ghost_limit",
                assertThrows(EngineException.class, () -> without().set(dump(request, false), true)));
    }

    @ParameterizedTest
    @EnumSource(CgroupMode.class)
    void cgroupModesHaveTheNumbersOfTheHeader(CgroupMode mode) throws Exception {
        var header = List.of("IGNORE", "NONE", "PROPS", "SOFT", "FULL", "STRICT");
        without().set(dump(plain().cgroups(mode), false), true);
        assertTrue(calls.contains("criu_set_manage_cgroups_mode " + header.indexOf(mode.name())), calls::toString);
    }
}
