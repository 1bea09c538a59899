package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBuildersTest {
    private static CheckpointRequest.Builder checkpoint() {
        return CheckpointRequest.builder(Settings.of(Map.of(), Map.of()));
    }

    private static RestoreRequest.Builder restore() {
        return RestoreRequest.builder(Path.of("image"));
    }

    @Test
    void aCheckpointTakesWhatItIsNotToldFromTheSettings() {
        var settings = Settings.of(
                Map.of("checkpointer.tcp", "established", "checkpointer.shell.job", "true", "checkpointer.engine", "e"),
                Map.of("CHECKPOINTER_LEAVE_RUNNING", "true", "CHECKPOINTER_LOG_LEVEL", "4"));
        var request = CheckpointRequest.builder(settings).build();
        assertEquals(TcpMode.ESTABLISHED, request.tcp());
        assertEquals(ShellJob.TRUE, request.shellJob());
        assertEquals(Optional.of("e"), request.engine());
        assertTrue(request.leaveRunning());
        assertEquals(4, request.logLevel());
        assertFalse(request.overwrite());
        assertTrue(request.fileLocks());
        assertEquals(Duration.ofSeconds(60), request.timeout());
        assertEquals(64L << 20, request.ghostLimit());
        assertEquals(Path.of("checkpointer-image"), request.imageDirectory());
        assertEquals(OptionalLong.empty(), request.pid());
    }

    @Test
    void aBadSettingFailsTheBuilder() {
        var settings = Settings.of(Map.of("checkpointer.log.level", "9"), Map.of());
        assertThrows(SettingException.class, () -> CheckpointRequest.builder(settings));
    }

    @Test
    void stagingIsTheImageDirectoryUnlessToldOtherwise() {
        assertEquals(
                Path.of("i"), checkpoint().imageDirectory(Path.of("i")).build().stagingDirectory());
        assertEquals(
                Path.of("s"),
                checkpoint().stagingDirectory(Path.of("s")).build().stagingDirectory());
    }

    @Test
    void aRequestDoesNotChangeWithItsBuilders() {
        var builder = checkpoint().pid(7).logLevel(1);
        var request = builder.build();
        builder.pid(8);
        request.toBuilder().logLevel(3);
        assertEquals(OptionalLong.of(7), request.pid());
        assertEquals(1, request.logLevel());
        assertEquals(
                OptionalLong.of(7), request.toBuilder().overwrite(true).build().pid());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aPidIsPositive(long pid) {
        var e = assertThrows(IllegalArgumentException.class, () -> checkpoint().pid(pid));
        assertEquals("a PID is positive, not " + pid, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5})
    void aLogLevelIsZeroToFour(int level) {
        assertThrows(IllegalArgumentException.class, () -> checkpoint().logLevel(level));
        assertThrows(IllegalArgumentException.class, () -> restore().logLevel(level));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT8760H0.001S", "PT2562047788015215H"})
    void aTimeoutIsMoreThanZeroAndAtMostAYear(Duration timeout) {
        assertThrows(IllegalArgumentException.class, () -> checkpoint().timeout(timeout));
        assertThrows(IllegalArgumentException.class, () -> restore().timeout(timeout));
    }

    @Test
    void aSizeIsNotNegative() {
        assertThrows(IllegalArgumentException.class, () -> checkpoint().ghostLimit(-1));
        assertEquals(0, checkpoint().ghostLimit(0).build().ghostLimit());
    }

    @Test
    void nothingIsNull() {
        assertThrows(NullPointerException.class, () -> checkpoint().imageDirectory(null));
        assertThrows(NullPointerException.class, () -> checkpoint().stagingDirectory(null));
        assertThrows(NullPointerException.class, () -> checkpoint().tcp(null));
        assertThrows(NullPointerException.class, () -> checkpoint().shellJob(null));
        assertThrows(NullPointerException.class, () -> checkpoint().engine(null));
        assertThrows(NullPointerException.class, () -> checkpoint().timeout(null));
        assertThrows(NullPointerException.class, () -> RestoreRequest.builder(null));
        assertThrows(NullPointerException.class, () -> restore().pidNamespace(null));
        assertThrows(NullPointerException.class, () -> restore().output((Path) null));
        assertThrows(NullPointerException.class, () -> restore().listener(null));
    }

    @Test
    void streamsAreFilesOrInheritedButNoPipes() {
        assertThrows(IllegalArgumentException.class, () -> restore().input(Redirect.PIPE));
        assertThrows(IllegalArgumentException.class, () -> restore().input(Redirect.to(new File("f"))));
        assertThrows(IllegalArgumentException.class, () -> restore().output(Redirect.PIPE));
        assertThrows(IllegalArgumentException.class, () -> restore().error(Redirect.from(new File("f"))));
        assertThrows(IllegalArgumentException.class, () -> restore().inherit("pipe:[7]", Redirect.INHERIT));
        assertThrows(IllegalArgumentException.class, () -> restore().inherit("a\nb", Redirect.from(new File("f"))));
        assertThrows(IllegalArgumentException.class, () -> restore().external(""));
        assertThrows(IllegalArgumentException.class, () -> checkpoint().external("a\0b"));
        assertEquals(
                Redirect.INHERIT, restore().output(Redirect.INHERIT).build().output());
    }

    @Test
    void aRestoreKeepsWhatItIsTold() {
        var request = restore()
                .engine("e")
                .output(Path.of("log"))
                .inherit("pipe:[7]", Redirect.from(new File("f")))
                .external("dev[1/3]:null")
                .external("net[4]:net")
                .child(true)
                .pidNamespace(PidNamespace.NEVER)
                .timeout(Duration.ofMillis(5))
                .logLevel(0)
                .ignore(MachineDifference.CRIU, MachineDifference.FILES)
                .trust(true)
                .verify(true)
                .build();
        assertEquals(Path.of("image"), request.imageDirectory());
        assertEquals(Optional.of("e"), request.engine());
        assertEquals(Redirect.appendTo(new File("log")), request.output());
        assertEquals(Redirect.appendTo(new File("log")), request.error());
        assertEquals(Redirect.from(new File("/dev/null")), request.input());
        assertEquals(Map.of("pipe:[7]", Redirect.from(new File("f"))), request.inherited());
        assertEquals(List.of("dev[1/3]:null", "net[4]:net"), request.external());
        assertTrue(request.child());
        assertEquals(PidNamespace.NEVER, request.pidNamespace());
        assertEquals(Duration.ofMillis(5), request.timeout());
        assertEquals(0, request.logLevel());
        assertEquals(Set.of(MachineDifference.FILES, MachineDifference.CRIU), request.ignored());
        assertTrue(request.trust() && request.verify());
    }
}
