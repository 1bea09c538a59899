package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.StreamsProgram;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root restores the program of another user, who has no access to what root's command keeps. */
class AnothersProgramTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");

    @TempDir
    Path directory;

    private Path image;

    @BeforeEach
    void dump() throws Exception {
        var obstacle = OrdinaryUser.obstacle(directory);
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
        var user = new OrdinaryUser(directory);
        image = user.home().resolve("image");
        var options = List.of(
                "-Dcheckpointer.engine=criu-exec",
                "-Dcheckpointer.criu=" + user.criu(CriuCommand.find().path()),
                "-Dcheckpointer.image=" + image);
        var output = directory.resolve("program.txt");
        var program = user.java(
                        Jdk.all().findFirst().orElseThrow(),
                        output,
                        options,
                        StreamsProgram.class.getName(),
                        directory.toString())
                .start();
        assertTrue(program.waitFor(60, TimeUnit.SECONDS));
        assertTrue(Files.exists(image.resolve("manifest")), () -> read(output));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void theCommandWaitsUntilItIsReady() throws Exception {
        var restored = directory.resolve("restored.txt");
        var builder = new ProcessBuilder(LAUNCHER.toString(), "restore", image.toString());
        builder.command().addAll(List.of("--trust", "--detach", "--wait-ready", "--output", restored.toString()));
        builder.environment().put("TMPDIR", directory.toString());
        var launcher = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
        assertTrue(launcher.waitFor(60, TimeUnit.SECONDS));
        var said = read(directory.resolve("said"));
        assertEquals(0, launcher.exitValue(), said);
        requireRan(Long.parseLong(said.strip()), restored);
        Await.until(
                "nothing of the command",
                () -> directory.toFile().list((parent, name) -> name.startsWith("checkpointer")).length == 0);
    }

    @Test
    void theLibraryWaitsUntilItIsReady() throws Exception {
        var restored = directory.resolve("restored.txt");
        var process = Checkpointer.restore(RestoreRequest.builder(image)
                .trust(true)
                .awaitReady(true)
                .output(Redirect.to(restored.toFile()))
                .build());
        requireRan(process.pid(), restored);
    }

    private static void requireRan(long pid, Path restored) throws Exception {
        Await.until("the program", () -> read(restored).contains("restored "));
        Processes.awaitEnd(pid);
    }
}
