package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon, its services and their images, by the command as people run it. */
@Tag("distribution") // when all jars are there
class ManagerTest {
    private static final Path COMMAND = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    private static final long SECONDS = 120;

    @TempDir
    Path directory;

    private int files;
    private Process daemon;
    private int port;

    @BeforeEach
    void startDaemon() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        launchDaemon();
    }

    private void launchDaemon() throws Exception {
        daemon = builder(List.of("daemon", "--foreground"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("daemon.log").toFile())
                .start();
        Await.until("the daemon", () -> !daemon.isAlive() || log().contains("daemon listens on"));
        assertTrue(daemon.isAlive(), this::log);
    }

    private String log() {
        return read(directory.resolve("daemon.log"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    @AfterEach
    void endAll() throws Exception {
        if (daemon.isAlive()) {
            for (var id : run("service", "list", "--quiet").output().lines().toList()) {
                run("service", "rm", "--force", id);
            }
        }
        daemon.destroy();
        assertTrue(daemon.waitFor(SECONDS, TimeUnit.SECONDS));
        Await.until(
                "the end of all",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    private ProcessBuilder builder(List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(COMMAND.toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment()
                .put("CHECKPOINTER_STATE", directory.resolve("state").toString());
        builder.environment()
                .put("CHECKPOINTER_SOCKET", directory.resolve("d.sock").toString());
        builder.environment().put("TMPDIR", directory.toString());
        return builder;
    }

    private Cli run(String... arguments) throws Exception {
        var out = directory.resolve("out" + files++).toFile();
        var err = directory.resolve("err" + files++).toFile();
        var process = builder(List.of(arguments))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out)
                .redirectError(err)
                .start();
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS));
        return new Cli(process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    }

    /** The one line of a command that has to succeed. */
    private String line(String... arguments) throws Exception {
        var ended = run(arguments);
        assertEquals(0, ended.status(), ended::errors);
        return ended.output().strip();
    }

    private String create(String... options) throws Exception {
        var arguments = new ArrayList<>(List.of("service", "create"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Path.of("target/test-classes").toAbsolutePath().toString(),
                ServedProgram.class.getName(),
                Integer.toString(port)));
        var id = line(arguments.toArray(String[]::new));
        Await.until("the server", () -> !answer().isEmpty());
        return id;
    }

    /** Empty while nobody answers. */
    private String answer() {
        try {
            var connection =
                    URI.create("http://127.0.0.1:" + port + "/").toURL().openConnection();
            try (var body = connection.getInputStream()) {
                return new String(body.readAllBytes(), StandardCharsets.US_ASCII);
            }
        } catch (IOException e) {
            return "";
        }
    }

    private Map<String, Object> show(String service) throws Exception {
        return JSON.std.mapFrom(line("service", "show", "--json", service));
    }

    private void awaitState(String service, String state) {
        Await.until(service + " is " + state, () -> {
            try {
                return show(service).get("state").equals(state);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

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
        assertTrue(line("image", "verify", "web:1").contains(ids[1] + "/image: noted the hashes of"));
        assertTrue(line("image", "verify", ids[1]).contains("files are as they were"));
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
