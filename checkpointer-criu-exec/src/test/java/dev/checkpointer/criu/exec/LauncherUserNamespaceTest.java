package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.TimedWaits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ordinary user whose machine was started anew sets the program's clock in namespaces of its own, as {@code docs/time.md} has it. */
class LauncherUserNamespaceTest {
    private static final long LATER = 100;

    private static final List<String> NAMESPACES = List.of(
            "unshare",
            "--user",
            "--map-current-user",
            "--pid",
            "--mount-proc",
            "--fork",
            "--kill-child",
            "--time",
            "--monotonic",
            Long.toString(LATER),
            "--boottime",
            Long.toString(LATER));

    @TempDir
    Path directory;

    private OrdinaryUser user;
    private Path criu;
    private Path launcher;

    @BeforeEach
    void makeUser() throws Exception {
        var obstacle = OrdinaryUser.obstacle(directory);
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
        user = new OrdinaryUser(directory);
        criu = user.criu(CriuCommand.find().path());
        launcher = Files.copy(LauncherFixture.LAUNCHER, directory.resolve("checkpointer"));
        Processes.run(List.of("chmod", "755", launcher.toString()));
        var probe = new ArrayList<>(NAMESPACES);
        probe.add("true");
        assumeTrue(
                ended(user.command(directory.resolve("probe.txt"), probe)) == 0,
                () -> "users may make no namespaces here: " + read(directory.resolve("probe.txt")));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Await.until(
                "the end of every process of the test",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    private static int ended(ProcessBuilder builder) throws IOException {
        var process = builder.start();
        try {
            Await.until("the end of " + builder.command(), () -> !process.isAlive());
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void namespacesOfTheUserSetTheClock() throws Exception {
        var image = user.home().resolve("image").toString();
        var output = directory.resolve("program.txt");
        var options = List.of("-Dcheckpointer.engine=criu-exec", "-Dcheckpointer.criu=" + criu);
        var program = new ArrayList<>(options);
        program.add("-Dcheckpointer.image=" + image);
        ended(user.java(Jdk.all().findFirst().orElseThrow(), output, program, TimedWaits.class.getName()));
        assertTrue(Files.exists(Path.of(image, "manifest")), () -> read(output));

        var restored = user.home().resolve("restored.txt");
        var restore = List.of(
                launcher.toString(), "restore", "--criu", criu.toString(), "--output", restored.toString(), image);
        var said = directory.resolve("said.txt");
        assertEquals(112, ended(onAMachineStartedAnew(user.command(said, restore))), () -> read(said));
        assertTrue(read(said).contains("is behind that of the program"), () -> read(said));

        var inNamespaces = new ArrayList<>(NAMESPACES);
        inNamespaces.addAll(restore);
        var launched = onAMachineStartedAnew(user.command(said, inNamespaces)).start();
        try {
            Await.until("the restored program", () -> {
                assertTrue(launched.isAlive(), () -> read(said));
                return read(restored).matches("after [0-9]+\n");
            });
        } finally {
            launched.descendants().forEach(ProcessHandle::destroyForcibly);
            launched.destroyForcibly();
        }
        long advance = number(read(restored)) - number(read(output));
        assertTrue(advance > TimeUnit.SECONDS.toNanos(LATER), () -> "it went on by " + advance);
        assertTrue(advance < TimeUnit.SECONDS.toNanos(LATER + 300), () -> "it went on by " + advance);
    }

    private static ProcessBuilder onAMachineStartedAnew(ProcessBuilder command) throws IOException {
        var uptime = read(Path.of("/proc/uptime"));
        var offset = Long.toString(1 - Long.parseLong(uptime.substring(0, uptime.indexOf('.'))));
        command.command()
                .addAll(
                        0,
                        List.of(
                                "unshare",
                                "--time",
                                "--monotonic",
                                offset,
                                "--boottime",
                                offset,
                                "--fork",
                                "--kill-child",
                                "--"));
        return command;
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceFirst("(?s)^[a-z]+ ([0-9]+)\n.*", "$1"));
    }
}
