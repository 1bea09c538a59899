package dev.checkpointer.examples.testing;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An example's jar as a process that serves HTTP, first started and then restored from its image as often as wanted. All
 * its files are in a directory of its own. For use by one thread.
 *
 * <p>System properties come from the build: {@code test.jar}, the jar; {@code test.directory}, below which the files go;
 * {@code test.root}, the project with {@code bin/checkpointer}; {@code test.agent}, the agent's jar.
 */
public final class ExampleProgram implements AutoCloseable {
    /** How long one step may take. Only a broken step takes that long. */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Hundredths of a second; a thread that spins takes ten times as much on a machine that is not overloaded. */
    private static final int IDLE_TICKS = 10;

    /** Keeps its connections open, as browsers do. */
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(DEADLINE).build();

    private final Path directory;
    private final int port;
    private final PlainCriu criu = new PlainCriu(Path.of(property("test.root")));
    private long pid;
    private Path log;
    private int restores;

    private ExampleProgram(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts the jar on a free port of the loopback interface. Every {@code %port} in the arguments becomes that port.
     *
     * @param jdk what runs it
     * @param options for the JVM
     * @param arguments for the program
     * @return the program, which may not answer yet
     * @throws IOException when it cannot be started
     */
    public static ExampleProgram start(Jdk jdk, List<String> options, List<String> arguments) throws IOException {
        var parent = Files.createDirectories(Path.of(property("test.directory")));
        var program = new ExampleProgram(Files.createTempDirectory(parent, "program"), freePort());
        program.log = program.directory.resolve("started.log");
        var command = new ArrayList<String>();
        command.add(jdk.java().toString());
        command.add("-Djava.io.tmpdir=" + program.directory);
        command.add("-Dcheckpointer.image=" + program.image());
        command.add("-Dcheckpointer.control=" + control());
        command.addAll(options);
        command.addAll(List.of("-jar", property("test.jar")));
        command.addAll(arguments);
        command.replaceAll(argument -> argument.replace("%port", Integer.toString(program.port)));
        program.pid = program.builder(command)
                .redirectOutput(program.log.toFile())
                .redirectErrorStream(true)
                .start()
                .pid();
        return program;
    }

    /**
     * The option that loads checkpointer's agent.
     *
     * @return an option for the JVM
     */
    public static String agent() {
        return "-javaagent:" + property("test.agent");
    }

    /** Where the agent's control socket is, whoever loads it: sockets have short paths. */
    private static Path control() {
        return Path.of(property("test.directory")).resolveSibling("c");
    }

    /**
     * Asks with GET, again and again until somebody answers.
     *
     * @param path what for
     * @return the body of an answer with status 200
     * @throws IOException when there is an answer of another kind, or none
     * @throws InterruptedException when this thread is interrupted
     */
    public String get(String path) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(uri(path)).GET());
    }

    /**
     * Asks with POST and an empty body, again and again until somebody answers.
     *
     * @param path what for
     * @return the body of an answer with status 200
     * @throws IOException when there is an answer of another kind, or none
     * @throws InterruptedException when this thread is interrupted
     */
    public String post(String path) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()));
    }

    /**
     * Opens a connection that stays, again and again until the program takes it.
     *
     * @return the connection, for the caller to close
     */
    public KeptConnection connect() {
        return Await.value("the program to listen", () -> {
            try {
                return Optional.of(new KeptConnection(port));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * Writes the program to its image with {@code bin/checkpointer checkpoint}, and waits until it has ended if that
     * succeeds.
     *
     * @param options for the command
     * @return how the command ended
     * @throws IOException when it cannot be started
     */
    public Processes.Result checkpoint(String... options) throws IOException {
        var command = new ArrayList<>(List.of(property("test.root") + "/bin/checkpointer", "checkpoint"));
        command.addAll(List.of(Long.toString(pid), "--to", image().toString()));
        command.addAll(List.of(options));
        var result = Processes.run(builder(command));
        if (result.status() == 0) {
            awaitEnd();
        }
        return result;
    }

    /**
     * Sends the program the signal that it was told to heed by {@code checkpointer.at=signal:USR1}, and waits until it has
     * ended.
     *
     * @throws IOException when the signal cannot be sent
     */
    public void checkpointBySignal() throws IOException {
        Processes.run(List.of("kill", "-USR1", Long.toString(pid)));
        awaitEnd();
    }

    /** Waits until the program has a second in which it computes next to nothing. */
    public void awaitIdle() {
        Await.until("the program to be idle", () -> {
            long before = ticks();
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return ticks() - before <= IDLE_TICKS;
        });
    }

    /** The processor time of the program in hundredths of a second. */
    private long ticks() {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the program has ended. */
    public void awaitEnd() {
        Processes.awaitEnd(pid);
    }

    /**
     * Starts the image with {@code bin/checkpointer}. Returns when the program runs; what it says is in a new log.
     *
     * @throws IOException when the image cannot be restored
     * @throws InterruptedException when this thread is interrupted
     */
    public void restore() throws IOException, InterruptedException {
        restores++;
        log = directory.resolve("restored" + restores + ".log");
        var output = directory.resolve("launcher" + restores + ".out").toFile();
        var errors = directory.resolve("launcher" + restores + ".err").toFile();
        var launcher = builder(List.of(
                        property("test.root") + "/bin/checkpointer",
                        "restore",
                        image().toString(),
                        "--detach",
                        "--output",
                        log.toString()))
                .redirectOutput(output)
                .redirectError(errors)
                .start();
        try {
            if (!launcher.waitFor(2 * DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the launcher hangs: " + Files.readString(errors.toPath()));
            }
        } finally {
            launcher.destroy();
        }
        if (launcher.exitValue() != 0) {
            throw new IOException("the launcher ended with status " + launcher.exitValue() + ": "
                    + Files.readString(errors.toPath()) + "\nlog of the program:\n" + log());
        }
        pid = Long.parseLong(Files.readString(output.toPath()).strip());
    }

    /**
     * Dumps the program with plain {@code criu} and the action script, which its agent obeys, and waits until it has ended.
     *
     * @throws IOException when CRIU fails
     */
    public void dumpByCriu() throws IOException {
        Files.createDirectory(image());
        criu.dump(pid, image());
        awaitEnd();
    }

    /**
     * Restores the program with plain {@code criu} and the action script. What it says goes where it went before, since
     * CRIU knows no other place. Returns when the program runs; its resources may not have been notified yet.
     *
     * @throws IOException when CRIU fails
     */
    public void restoreByCriu() throws IOException {
        criu.restore(pid, image());
    }

    /**
     * How often the program has written a text.
     *
     * @param text what to look for
     * @return a number of lines
     * @throws IOException when the log cannot be read
     */
    public long count(String text) throws IOException {
        return log().lines().filter(line -> line.contains(text)).count();
    }

    /** Asks the program to end, and waits until it has. */
    public void end() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        awaitEnd();
    }

    /**
     * Asks the program to end that plain {@code criu} has restored, and waits until both have.
     *
     * @throws IOException when CRIU or its action script failed
     */
    public void endByCriu() throws IOException {
        end();
        criu.awaitEnd();
    }

    /**
     * Waits until the program has written a text.
     *
     * @param text what to look for
     */
    public void awaitLog(String text) {
        Await.until("'" + text + "' in the log", () -> {
            try {
                return count(text) > 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * What the program has said since it was started or last restored.
     *
     * @return the whole text
     * @throws IOException when it cannot be read
     */
    public String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Kills the program if it runs, and deletes the image, which is large. The logs stay for whoever wants to know. */
    @Override
    public void close() throws IOException {
        Processes.end(pid);
        if (Files.exists(image())) {
            try (var files = Files.list(image())) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(image());
        }
    }

    private String ask(HttpRequest.Builder builder) throws IOException, InterruptedException {
        var request = builder.timeout(DEADLINE).build();
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            try {
                var answer = client.send(request, BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IOException(request.uri() + " answers " + answer.statusCode() + " " + answer.body());
                }
                return answer.body().strip();
            } catch (ConnectException e) {
                if (System.nanoTime() > end || !Processes.runs(pid)) {
                    throw new IOException("no answer from " + request.uri() + "; the log:\n" + log(), e);
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
    }

    private ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectInput(new File("/dev/null"));
        builder.environment().put("TMPDIR", directory.toString());
        return builder;
    }

    private Path image() {
        return directory.resolve("image");
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String property(String name) {
        var value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("system property " + name + " is not set; run the tests with mvn verify");
        }
        return value;
    }
}
