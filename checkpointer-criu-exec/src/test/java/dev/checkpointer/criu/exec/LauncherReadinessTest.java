package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting until the program is ready, and what is started when a restore fails. */
class LauncherReadinessTest extends LauncherFixture {
    private static final String HOOK = "after.restore";

    /** A program whose resource does after a restore what a file tells. */
    private void makeImageWithResource() throws Exception {
        Files.createDirectory(directory.resolve("other"));
        image = directory.resolve("other/image");
        var settings = Map.of(
                "checkpointer.image", image.toString(), HOOK, file("hook").toString());
        checkpoint(Jdk.all().findFirst().orElseThrow(), settings);
    }

    private Ended detached(String... options) throws Exception {
        var command = new ArrayList<>(List.of("restore", "--detach", "--output", "program", image.toString()));
        command.addAll(List.of(options));
        return run(command.toArray(String[]::new));
    }

    // --- waiting ----------------------------------------------------------------------------------------------------

    @Test
    void pidIsToldWhenTheResourcesWereNotified() throws Exception {
        makeImageWithResource();
        Files.writeString(directory.resolve("hook"), "wait " + file("go"));
        var launcher = start(launcher(
                "restore", "--detach", "--wait-ready", "--input", "in", "--output", "program", image.toString()));
        Files.writeString(directory.resolve("in"), "");
        Await.until("the hook", () -> read("program").contains("hook: wait"));
        assertTrue(launcher.isAlive());
        assertEquals("", read("out"));
        Files.writeString(directory.resolve("go"), "");
        var ended = ended(launcher);
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().matches("\\d+\n"), ended.output());
        Processes.awaitEnd(Long.parseLong(ended.output().strip()));
    }

    @Test
    void resourceThatFailsIsTold() throws Exception {
        makeImageWithResource();
        Files.writeString(directory.resolve("hook"), "fail");
        var ended = detached("--wait-ready", "--pidfile", "pid");
        assertEquals(115, ended.status(), ended.errors());
        assertTrue(
                ended.errors().contains("runs, but failed to get ready:\n  java.io.IOException: hook: fail\n"),
                ended.errors());
        Processes.awaitEnd(Long.parseLong(read("pid").strip()));
    }

    @Test
    void programThatEndsBeforeIsTold() throws Exception {
        makeImageWithResource();
        Files.writeString(directory.resolve("hook"), "exit");
        var ended = detached("--wait-ready");
        assertEquals(115, ended.status(), ended.errors());
        assertTrue(ended.errors().contains("has ended before it was ready"), ended.errors());
    }

    @Test
    void programThatIsNotReadyInTimeIsEnded() throws Exception {
        makeImageWithResource();
        Files.writeString(directory.resolve("hook"), "wait " + file("never"));
        var ended = detached("--wait-ready", "--timeout", "3s");
        assertEquals(114, ended.status(), ended.errors());
        assertTrue(ended.errors().contains("was not ready within 3s, and was ended"), ended.errors());
    }

    @Test
    void foregroundPassesOnTheStatusOfAProgramThatFailsToGetReady() throws Exception {
        makeImageWithResource();
        Files.writeString(directory.resolve("hook"), "exit");
        assertEquals(9, run("restore", "--wait-ready", image.toString()).status());
    }

    @Test
    void programThatCannotSayThatItIsReadyIsRefused() throws Exception {
        editManifest("^channel=.*\n", "");
        var ended = detached("--wait-ready");
        assertEquals(112, ended.status(), ended.errors());
    }

    // --- the cold start ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "image"})
    void failedRestoreStartsTheProgramCold(String name) throws Exception {
        Files.delete(image.resolve("inventory.img"));
        editManifest("^image\\.inventory.*\n", "");
        var ended = run(
                "restore",
                directory.resolve(name).toString(),
                "--fallback",
                "--",
                "sh",
                "-c",
                "echo cold $1; exit 4",
                "sh",
                "it's \"here\"\n$HOME");
        assertEquals(4, ended.status(), ended.errors());
        assertEquals("cold it's \"here\" $HOME\n", ended.output());
        assertTrue(ended.errors().contains("checkpointer: starting the program cold instead\n"), ended.errors());
    }

    @Test
    void coldProgramIsTheLauncherItself() throws Exception {
        var launcher = start(launcher(
                "restore",
                "nowhere",
                "--pidfile",
                "pid",
                "--fallback",
                "--",
                "sh",
                "-c",
                "read -r word; echo $word; kill -TERM $$"));
        Await.until("the file with the PID", () -> read("pid").endsWith("\n"));
        assertEquals(launcher.pid(), Long.parseLong(read("pid").strip()));
        say(launcher, "hello");
        var ended = ended(launcher);
        assertEquals(143, ended.status());
        assertEquals("hello\n", ended.output());
    }

    @Test
    void detachedColdProgramOutlivesTheLauncher() throws Exception {
        var ended = run(
                "restore",
                "nowhere",
                "--detach",
                "--output",
                "program",
                "--fallback",
                "--",
                "sh",
                "-c",
                "echo cold; while [ ! -e go ]; do sleep 0.1; done; echo end");
        assertEquals(0, ended.status(), ended.errors());
        long pid = Long.parseLong(ended.output().strip());
        Await.until("the program", () -> read("program").equals("cold\n"));
        assertTrue(Processes.runs(pid));
        Files.writeString(directory.resolve("go"), "");
        Await.until("its end", () -> read("program").equals("cold\nend\n"));
    }

    @Test
    void restoreThatWorksStartsNothingCold() throws Exception {
        var ended = run("restore", image.toString(), "--fallback", "--", "echo", "cold");
        assertEquals(0, ended.status(), ended.errors());
        assertFalse(ended.output().contains("cold"), ended.output());
    }

    @ParameterizedTest
    @CsvSource({"--fallback, needs a command behind --", "--pid-namespace=sometimes --fallback -- true, is auto"})
    void badUsageStartsNothingCold(String options, String message) throws Exception {
        var command = new ArrayList<>(List.of("restore", image.toString()));
        command.addAll(List.of(options.split(" ")));
        var ended = run(command.toArray(String[]::new));
        assertEquals(2, ended.status());
        assertTrue(ended.errors().contains(message), ended.errors());
    }
}
