package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.StoppedDaemon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores whose memory comes while the program runs. Nothing but a log may be left, which the fixture looks at. */
class LauncherLazyTest extends LauncherFixture {
    private static Path criu() throws Exception {
        return CriuCommand.find().path();
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "always"})
    void foregroundPassesStreamsAndStatus(String namespace) throws Exception {
        var launcher = start(launcher("restore", image.toString(), "--lazy", "--pid-namespace", namespace));
        say(launcher, "echo hello");
        awaitOutput("hello");
        say(launcher, "exit 7");
        assertEquals(7, ended(launcher).status(), read("err"));
        assertEquals("complaint\n", read("err"));
    }

    @Test
    void signalsReachTheProgram() throws Exception {
        var launcher = start(launcher("restore", image.toString(), "--lazy", "--wait-ready"));
        awaitOutput("restored");
        Processes.run(List.of("sh", "-c", "kill -s TERM " + launcher.pid())); // destroy() would close its input, too
        Await.until("the end of the launcher", () -> !launcher.isAlive());
        assertEquals(143, ended(launcher).status(), read("err"));
    }

    @Test
    void programIsEndedWhenItsMemoryIsLost() throws Exception {
        var daemon = new StoppedDaemon(directory);
        var criu = daemon.criu(criu()).toString();
        var launcher = start(launcher("restore", image.toString(), "--lazy", "--pidfile", "pid", "--criu", criu));
        Await.until("the file with the PID", () -> read("pid").endsWith("\n"));
        daemon.awaitHold();
        var work = daemon.workDirectory();
        Processes.end(daemon.pid());
        assertEquals(117, ended(launcher).status(), read("err"));
        var lines =
                read("err").lines().filter(line -> !line.equals("complaint")).toList();
        assertEquals(3, lines.size(), read("err"));
        assertTrue(
                lines.get(0)
                        .startsWith("checkpointer: the memory of process "
                                + read("pid").strip()),
                read("err"));
        assertEquals("  log: " + work.resolve("lazy-pages.log"), lines.get(2));
        Files.delete(work.resolve("lazy-pages.log"));
        Files.delete(work);
    }

    /** The daemon has the image open, and needs its name no more. */
    @Test
    void imageMayBeRemovedWhenTheProgramRuns() throws Exception {
        var criu =
                new StoppedDaemon(directory).criu(criu(), "rm \"" + image + "\"/pages-* \"" + image + "\"/pagemap-*");
        var launcher = start(launcher("restore", image.toString(), "--lazy", "--criu", criu.toString()));
        awaitOutput("restored");
        say(launcher, "exit 7");
        assertEquals(7, ended(launcher).status(), read("err"));
        assertFalse(Files.exists(image.resolve("pages-1.img")));
    }

    @Test
    void lateRestoreLeavesNoDaemon() throws Exception {
        var criu = script("hanging-criu", """
                #!/bin/sh
                if [ "$1" = restore ]; then exec sleep 1000; fi
                exec %s "$@"
                """.formatted(criu()));
        var launcher =
                start(launcher("restore", image.toString(), "--lazy", "--timeout", "1s", "--criu", criu.toString()));
        assertEquals(114, ended(launcher).status(), read("err"));
        assertFalse(Processes.mentioning(directory.toString()).stream().anyMatch(line -> line.contains("lazy-pages")));
    }

    @ParameterizedTest
    @CsvSource({"LAZY_PAGES, lazy-pages.sh", "HOLD_PAGES, hold-pages.pl"})
    void enginesUseTheSameText(String variable, String resource) throws Exception {
        var launcher = Files.readString(LAUNCHER);
        int start = launcher.indexOf("\n" + variable + "='\n") + variable.length() + 4;
        try (var stream = CriuCommand.class.getResourceAsStream(resource)) {
            assertEquals(
                    new String(stream.readAllBytes()).stripTrailing(),
                    launcher.substring(start, launcher.indexOf("'\n", start)));
        }
    }
}
