package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon, its services and their images, by the command as people run it. */
@Tag("distribution") // when all jars are there
class ManagerTest extends ManagerFixture {
    @ParameterizedTest
    @ValueSource(strings = {"plain", "isolated"})
    void serviceIsDumpedAndRestored(String kind) throws Exception {
        var id = kind.equals("plain") ? create("--name", "web") : create("--name", "web", "--isolate");
        int before = Integer.parseInt(answer().split(" ")[0]);
        var row = run("service", "list").output().lines().toList().get(1);
        assertTrue(row.matches(id + " +web +\\d+ +\\d+ +running +.*ServedProgram " + port), row);

        var image = kind.equals("plain")
                ? line("service", "dump", "-t", show("web").get("pid").toString())
                : line("service", "dump", "web");
        assertTrue(Files.exists(Path.of(image, "manifest")));
        assertEquals("dumped", show(id).get("state"));
        assertEquals("", answer());
        var listed = run("image", "list").output().lines().toList().get(1);
        assertTrue(listed.matches("[0-9a-f]{12} +java +[0-9.]+ MiB +\\S+ *"), listed);

        assertEquals(id, line("service", "restore", "--from", image, "--env", "WHO=me"));
        assertEquals((before + 1) + " me", answer());
        assertTrue(line("service", "logs", "web").startsWith("listening\nanswered 1 null\n"));
        assertTrue(line("service", "logs", "web").contains("answered " + (before + 1)));

        line("service", "dump", "web");
        line("service", "restore", "--from", line("image", "list", "--quiet").split("\n")[1]);
        assertEquals(before + 2, Integer.parseInt(answer().split(" ")[0]));
        line("service", "stop", "web");
        assertEquals("", answer());
        assertEquals("", line("service", "logs", "--error", "web"), "nothing of the daemon's is in it");
    }

    @Test
    void servicesOutliveTheDaemon() throws Exception {
        var id = create("--name", "web");
        var pid = show(id).get("pid");
        daemon.destroyForcibly().waitFor();
        launchDaemon();
        assertEquals(pid, show("web").get("pid"));
        assertEquals("running", show("web").get("state"));
        daemon.destroyForcibly().waitFor();
        Processes.end(((Number) pid).longValue());
        Await.until("the end of the program", () -> answer().isEmpty());
        launchDaemon();
        awaitState("web", "dead");
        assertEquals("ended by signal 9", show("web").get("reason"));
    }

    @Test
    void programThatDiesComesBackFromItsImage() throws Exception {
        create("--name", "web", "--restart", "from-image");
        line("service", "dump", "--leave-running", "web");
        var pid = ((Number) show("web").get("pid")).longValue();
        Processes.end(pid);
        awaitState("web", "running");
        Await.until("the server", () -> !answer().isEmpty());
        assertTrue(
                line("service", "logs", "web")
                                .lines()
                                .filter("listening"::equals)
                                .count()
                        == 1,
                "no cold start");
    }

    @Test
    void whatCannotBeDoneIsTold() throws Exception {
        var missing = run("service", "create", "no-such-program");
        assertEquals(1, missing.status());
        assertTrue(missing.errors().contains("no-such-program: not found"), missing::errors);
        assertEquals("", line("service", "list", "--quiet"));

        create("--name", "web");
        var taken = run("service", "create", "--name", "web", "true");
        assertEquals(112, taken.status());
        assertTrue(taken.errors().contains("there is a service web already"), taken::errors);
        assertEquals(112, run("service", "show", "other").status());
        assertEquals(112, run("service", "rm", "web").status());
        assertEquals(112, run("service", "start", "web").status());
        assertEquals(112, run("service", "restore", "--from", "none").status());
        assertEquals(2, run("service", "create", "--restart", "maybe", "true").status());
        assertEquals(2, run("service").status());

        var second = run("daemon", "--foreground");
        assertEquals(112, second.status());
        assertTrue(second.errors().contains("another daemon uses"), second::errors);
        daemon.destroy();
        assertTrue(daemon.waitFor(SECONDS, TimeUnit.SECONDS));
        var absent = run("service", "list");
        assertEquals(1, absent.status());
        assertTrue(absent.errors().contains("no daemon answers at"), absent::errors);
        launchDaemon();
        assertNotEquals("", answer());
    }

    @Test
    void imagesAreNamedAndRemoved() throws Exception {
        create("--name", "web");
        line("service", "dump", "--leave-running", "web");
        line("service", "dump", "--leave-running", "web");
        var ids = line("image", "list", "-q").split("\n");
        line("image", "tag", ids[0], "web:1");
        line("image", "tag", ids[1], "web:1");
        assertEquals(
                ids[1],
                JSON.std.mapFrom(line("image", "show", "--json", "web:1")).get("id"));
        assertEquals(2, run("image", "tag", ids[0], "a b").status());
        line("image", "rm", ids[0]);
        assertEquals(ids[1], line("image", "list", "-q"));
        assertFalse(Files.exists(directory.resolve("state/images").resolve(ids[0])));
    }

    @Test
    void imageGoesThroughAFile() throws Exception {
        create("--name", "web");
        line("service", "dump", "web");
        var id = line("image", "list", "-q");
        line("image", "key", "key");
        line("image", "export", "--key-file", "key", id, "web.image");
        assertEquals(112, run("image", "export", id, "web.image").status());
        assertEquals(2, run("image", "import", "web.image").status());
        line("service", "rm", "web");
        assertEquals(id, line("image", "prune"));
        var other = line("image", "import", "--key-file", "key", "web.image");
        assertEquals(other, line("image", "list", "-q"));
        var service = line("service", "restore", "--from", other, "--name", "other");
        assertEquals(service, show("other").get("id"));
        assertEquals("2 null", answer());
    }
}
