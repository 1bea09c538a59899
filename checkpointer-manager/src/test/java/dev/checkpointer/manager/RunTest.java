package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A monitor that starts late, after the daemon that made it was killed. */
class RunTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lateMonitorBeginsOnlyWhatWasNotRevoked(boolean revoked) throws Exception {
        var notes = Files.createDirectory(directory.resolve("notes"));
        Files.createFile(notes.resolve("leave-1"));
        var run = new Run(notes);
        if (revoked) {
            assertTrue(run.revoke());
        }
        var log = directory.resolve("log").toString();
        var begun = directory.resolve("begun");
        var monitor = new ProcessBuilder(List.of(
                        "setsid",
                        "sh",
                        "-c",
                        Run.MONITOR,
                        "monitor",
                        notes.toString(),
                        "leave-1",
                        "plain",
                        Run.BEGIN,
                        log,
                        log,
                        "touch",
                        begun.toString()))
                .start();
        assertTrue(monitor.waitFor(30, TimeUnit.SECONDS));
        assertEquals(!revoked, Files.exists(begun));
        assertEquals(!revoked, run.monitor().isPresent());
        assertFalse(run.revoke(), "it cannot be forbidden any more");
    }

    @Test
    void nothingIsRevokedWhereNothingWasStarted() throws Exception {
        assertFalse(new Run(directory.resolve("notes")).revoke());
    }
}
