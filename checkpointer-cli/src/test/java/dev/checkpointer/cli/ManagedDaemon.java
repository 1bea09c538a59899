package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A daemon of a test, with the state and the socket in a directory of its own, and the commands that ask it. */
final class ManagedDaemon implements AutoCloseable {
    private static final Path COMMAND = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    private static final long SECONDS = 120;

    private final Path directory;
    private int files;
    private Process process;

    /** Does not run yet. */
    ManagedDaemon(Path directory) {
        this.directory = directory;
    }

    /** Returns when it listens. */
    ManagedDaemon start() throws IOException {
        process = builder(List.of("daemon", "--foreground"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("daemon.log").toFile())
                .start();
        Await.until("the daemon", () -> !process.isAlive() || log().contains("daemon listens on"));
        assertTrue(process.isAlive(), this::log);
        return this;
    }

    long pid() {
        return process.pid();
    }

    boolean runs() {
        return process.isAlive();
    }

    /** By SIGKILL. What it started goes on. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    void awaitEnd() {
        Await.until("the end of the daemon", () -> !process.isAlive());
    }

    Path state() {
        return directory.resolve("state");
    }

    Path socket() {
        return directory.resolve("d.sock");
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("daemon.log"));
        } catch (IOException e) {
            return "";
        }
    }

    /** A command, not started yet. */
    ProcessBuilder builder(List<String> arguments) {
        var line = new ArrayList<String>();
        line.add(COMMAND.toString());
        line.addAll(arguments);
        var builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.environment().put("CHECKPOINTER_STATE", state().toString());
        builder.environment().put("CHECKPOINTER_SOCKET", socket().toString());
        builder.environment().put("TMPDIR", directory.toString());
        builder.environment()
                .put("XDG_CACHE_HOME", Path.of("target/cache").toAbsolutePath().toString());
        return builder;
    }

    Cli run(String... arguments) throws IOException {
        return run(List.of(arguments));
    }

    Cli run(List<String> arguments) throws IOException {
        var out = directory.resolve("out" + files++).toFile();
        var err = directory.resolve("err" + files++).toFile();
        var command = builder(arguments).redirectOutput(out).redirectError(err).start();
        try {
            assertTrue(command.waitFor(SECONDS, TimeUnit.SECONDS), () -> "no end of " + arguments);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            command.destroyForcibly();
        }
        return new Cli(command.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    }

    /** The output of a command that has to succeed. */
    String line(String... arguments) throws IOException {
        var ended = run(arguments);
        assertEquals(0, ended.status(), ended::errors);
        return ended.output().strip();
    }

    /** What it answers, without a command's start. */
    Map<String, Object> get(String path) {
        return ask(client -> client.get(path));
    }

    Map<String, Object> post(String path, Map<String, ?> body) {
        return ask(client -> client.post(path, body));
    }

    Map<String, Object> put(String path, Map<String, ?> body) {
        return ask(client -> client.put(path, body));
    }

    Map<String, Object> delete(String path) {
        return ask(client -> client.delete(path));
    }

    private interface Question {
        Map<String, Object> ask(DaemonClient client) throws CommandException;
    }

    private Map<String, Object> ask(Question question) {
        try (var client = new DaemonClient(socket())) {
            return question.ask(client);
        } catch (CommandException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Map<String, Object>> list(String what) {
        return Cli.objects(get("/v1/" + what).get(what));
    }

    Map<String, Object> show(String service) {
        return get("/v1/services/" + service);
    }

    /** Ends all services, then the daemon, and waits for the end of all that was started. */
    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            list("services").forEach(service -> delete("/v1/services/" + service.get("id") + "?force"));
        }
        process.destroy();
        awaitEnd();
        Await.until(
                "the end of all",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }
}
