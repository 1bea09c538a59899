package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.manager.DaemonOptions;
import dev.checkpointer.testkit.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdUnitTest {
    @TempDir
    Path directory;

    private String unit(Path command) {
        var options = new DaemonOptions(
                Path.of("/srv/a \"b\"\\c%n"),
                Path.of("/run/x.sock"),
                command,
                OptionalInt.of(8099),
                Optional.of(Path.of("/srv/to ken")),
                1000);
        return SystemdUnit.of(options, 1000, Optional.of("127.0.0.1:8099"));
    }

    @Test
    void wordsKeepTheirMeaning() {
        var lines = unit(Path.of("/opt/a b/checkpointer")).lines().toList();
        assertTrue(
                lines.contains("ExecStart=\"/opt/a b/checkpointer\" daemon --foreground --log-limit 1000"
                        + " --http 127.0.0.1:8099 --token-file \"/srv/to ken\""),
                lines::toString);
        assertTrue(lines.contains("Environment=\"CHECKPOINTER_STATE=/srv/a \\\"b\\\"\\\\c%%n\""), lines::toString);
        assertTrue(lines.contains("KillMode=process"), lines::toString);
    }

    /** By systemd's own eyes, where it is installed. */
    @Test
    void systemdUnderstandsIt() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd is not installed");
        var file = directory.resolve("checkpointer-test.service");
        Files.writeString(file, unit(Path.of("/bin/sh")) + "\n");
        var verified = Processes.run(List.of("systemd-analyze", "verify", file.toString()));
        assertEquals("", verified.output());
        assertEquals(0, verified.status());
    }

    @Test
    void commandPrintsOneAndStartsNothing() {
        var ended = Cli.run("daemon", "--unit");
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().contains("/run/checkpointer/daemon.sock"), ended.output());
    }
}
