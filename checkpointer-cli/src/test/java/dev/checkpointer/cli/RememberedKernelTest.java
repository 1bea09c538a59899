package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher keeps what CRIU found out of the kernel, where CRIU itself does not. */
class RememberedKernelTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    private static final Path KEPT = Path.of("/dev/criu.kdat");

    @TempDir
    Path directory;

    @Test
    void theSecondRestoreFindsWhatTheFirstOneKept() throws Exception {
        assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), "a mount namespace needs root");
        boolean there = Files.exists(KEPT);
        var run = Files.createDirectory(directory.resolve("run"));
        try (var program = RunningProgram.plain(Jdk.all().findFirst().orElseThrow())) {
            var image = directory.resolve("image");
            assertEquals(
                    0,
                    Cli.run("checkpoint", program.pidText(), "--to", image.toString(), "--no-hooks")
                            .status());
            var first = restore(run, image, program);
            Await.until("the kernel's features", () -> Files.exists(run.resolve("criu.kdat")));
            Processes.end(first);
            assertEquals(KEPT, Files.readSymbolicLink(run.resolve("criu.kdat")));
            assertEquals(0, Files.getAttribute(KEPT, "unix:uid"));
            assertEquals(0600, (int) Files.getAttribute(KEPT, "unix:mode") & 0777);
            assertTrue(log(run).contains("Loaded kdat cache from /run/criu.kdat"), "CRIU reads it");
        } finally {
            if (!there) {
                Files.deleteIfExists(KEPT);
            }
        }
    }

    @Test
    void aRunDirectoryOfEverybodyIsLeftAlone() throws Exception {
        assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), "a mount namespace needs root");
        var run = Files.createDirectory(directory.resolve("run"));
        Processes.run(List.of("chmod", "777", run.toString()));
        try (var program = RunningProgram.plain(Jdk.all().findFirst().orElseThrow())) {
            var image = directory.resolve("image");
            assertEquals(
                    0,
                    Cli.run("checkpoint", program.pidText(), "--to", image.toString(), "--no-hooks")
                            .status());
            Processes.end(restore(run, image, program));
            Await.until(
                    "the launcher's end",
                    () -> Processes.mentioning("unshare --mount sh -c mount -t tmpfs")
                            .isEmpty());
            assertFalse(Files.exists(run.resolve("criu.kdat"), LinkOption.NOFOLLOW_LINKS));
        }
    }

    /** In a mount namespace of its own, whose /run is a directory on a disk. */
    private static long restore(Path run, Path image, RunningProgram program) throws Exception {
        var ended = Processes.run(List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind \"$1\" /run && exec sh \"$2\" restore \"$3\" --detach --output \"$4\"",
                "sh",
                run.toString(),
                LAUNCHER.toString(),
                image.toString(),
                program.directory().resolve("output.txt").toString()));
        assertEquals(0, ended.status(), ended.output());
        return Long.parseLong(ended.output().strip());
    }

    /** What CRIU logs when it is asked for anything. */
    private static String log(Path run) throws Exception {
        var criu = CriuCommand.find().path();
        return Processes.run(List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$1\" /run && \"$2\" check -v4 2>&1",
                        "sh",
                        run.toString(),
                        criu.toString()))
                .output();
    }
}
