package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.engine.FailureKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LauncherFailureTest {
    @Test
    void messageRemedyLinesAndLogAreToldApart() {
        var failure = LauncherFailure.of(
                113,
                List.of(
                        "a complaint of the shell",
                        "checkpointer: cannot restore /image: a PID of the image is in use",
                        "  Wait until the process has ended, or use --pid-namespace auto.",
                        "  Can't fork for 42: File exists",
                        "  log: /tmp/checkpointer.1/restore.log"));
        assertEquals(FailureKind.PID_TAKEN, failure.kind());
        assertEquals("Wait until the process has ended, or use --pid-namespace auto", failure.remedy());
        assertEquals(List.of("Can't fork for 42: File exists"), failure.logLines());
        assertEquals(Optional.of(Path.of("/tmp/checkpointer.1/restore.log")), failure.log());
        assertEquals(
                "cannot restore /image: a PID of the image is in use. " + failure.remedy()
                        + "\n  Can't fork for 42: File exists\n  log: /tmp/checkpointer.1/restore.log",
                failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "2, NOT_WRITABLE",
        "111, IMAGE_INCOMPLETE",
        "112, IMAGE_REFUSED",
        "113, OTHER",
        "114, TIMEOUT",
        "137, OTHER"
    })
    void statusTellsTheKind(int status, FailureKind kind) {
        var failure = LauncherFailure.of(status, List.of("checkpointer: it failed", "  Do something."));
        assertEquals(kind, failure.kind());
        assertEquals("it failed. Do something", failure.getMessage());
    }

    @Test
    void launcherWithoutAWordIsToldByItsStatus() {
        var failure = LauncherFailure.of(127, List.of("sh: cannot begin"));
        assertEquals(FailureKind.OTHER, failure.kind());
        assertEquals("the launcher ended with status 127\n  sh: cannot begin", failure.getMessage());
    }

    @Test
    void aListOfDifferencesStandsBetweenTheMessageAndTheRemedy() {
        var e = LauncherFailure.of(
                112,
                List.of(
                        "checkpointer: the image in /image does not fit this machine:",
                        "  /lib/libjvm.so is missing",
                        "  this processor lacks: avx512f",
                        "  Make the checkpoint again on this machine, or add --force to restore all the same."));
        assertEquals(FailureKind.IMAGE_REFUSED, e.kind());
        assertEquals("Make the checkpoint again on this machine, or add --force to restore all the same", e.remedy());
        assertEquals(List.of("/lib/libjvm.so is missing", "this processor lacks: avx512f"), e.logLines());
        assertTrue(e.getMessage().startsWith("the image in /image does not fit this machine. Make"), e.getMessage());
    }
}
