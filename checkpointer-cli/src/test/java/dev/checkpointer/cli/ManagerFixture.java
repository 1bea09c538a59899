package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.io.TempDir;

/** A daemon with a directory of its own, and the command that asks it. All services end with the test. */
abstract class ManagerFixture {
    static final Path COMMAND = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    static final long SECONDS = 120;

    @TempDir
    Path directory;

    private int files;
    Process daemon;
    int port;

    @BeforeEach
    void startDaemon() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        launchDaemon();
    }

    void launchDaemon() throws Exception {
        daemon = builder(List.of("daemon", "--foreground"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("daemon.log").toFile())
                .start();
        Await.until("the daemon", () -> !daemon.isAlive() || log().contains("daemon listens on"));
        assertTrue(daemon.isAlive(), this::log);
    }

    String log() {
        return read(directory.resolve("daemon.log"));
    }

    static String read(Path file) {
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

    ProcessBuilder builder(List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(COMMAND.toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment()
                .put("CHECKPOINTER_STATE", directory.resolve("state").toString());
        builder.environment()
                .put("CHECKPOINTER_SOCKET", directory.resolve("d.sock").toString());
        builder.environment().put("TMPDIR", directory.toString());
        builder.environment()
                .put("XDG_CACHE_HOME", Path.of("target/cache").toAbsolutePath().toString());
        return builder;
    }

    Cli run(String... arguments) throws Exception {
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
    String line(String... arguments) throws Exception {
        var ended = run(arguments);
        assertEquals(0, ended.status(), ended::errors);
        return ended.output().strip();
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin/java").toString();
    }

    String create(String... options) throws Exception {
        var arguments = new ArrayList<>(List.of("service", "create"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(
                java(),
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
    String answer() {
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

    /** What the daemon answers, without a command's start. */
    Map<String, Object> get(String path) {
        try (var client = new DaemonClient(directory.resolve("d.sock"))) {
            return client.get(path);
        } catch (CommandException e) {
            throw new IllegalStateException(e);
        }
    }

    Map<String, Object> show(String service) {
        return get("/v1/services/" + service);
    }

    void awaitState(String service, String state) {
        Await.until(service + " is " + state, () -> show(service).get("state").equals(state));
    }
}
