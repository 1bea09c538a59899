package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A server of the tests that is no JVM, started or restored. It ends with all of its processes when it is closed. */
final class Server implements AutoCloseable {
    static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");

    private static final int PATIENCE_MILLIS = 60_000;

    private final ServerKind kind;
    private final Path directory;
    private final int port;
    private final long pid;

    private Server(ServerKind kind, Path directory, int port, long pid) {
        this.kind = kind;
        this.directory = directory;
        this.port = port;
        this.pid = pid;
    }

    /** Returns when it answers. The test is left out where the program is not installed. */
    static Server start(ServerKind kind, Path directory) throws IOException {
        return start(kind, installed(kind), directory);
    }

    static Path installed(ServerKind kind) {
        var program = kind.program();
        assumeTrue(program.isPresent(), kind + " is not installed; bin/setup --tests does it");
        return program.get();
    }

    static Server start(ServerKind kind, Path program, Path directory) throws IOException {
        int port = prepare(directory);
        var process = kind.process(program, directory, port)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("output.txt").toFile()))
                .start();
        var server = new Server(kind, directory, port, process.pid());
        try {
            server.awaitAnswers();
            return server;
        } catch (AssertionError e) {
            server.close();
            throw new AssertionError(Files.readString(directory.resolve("output.txt")), e);
        }
    }

    private static int prepare(Path directory) throws IOException {
        Files.writeString(Files.createDirectories(directory.resolve("web")).resolve("key"), "a file");
        return freePort();
    }

    /** As the service {@code web} of a daemon, with options of its creation. */
    static Server served(ServerKind kind, Path program, ManagedDaemon daemon, Path directory, List<String> options)
            throws IOException {
        int port = prepare(directory);
        daemon.line(creation(kind, program, directory, port, options).toArray(String[]::new));
        var pid = ((Number) daemon.show("web").get("pid")).longValue();
        var server = new Server(kind, directory, port, pid);
        server.awaitAnswers();
        return server;
    }

    /** The words that create it as a service. */
    static List<String> creation(ServerKind kind, Path program, Path directory, int port, List<String> options)
            throws IOException {
        var process = kind.process(program, directory, port);
        var line = new ArrayList<>(List.of("service", "create", "--name", "web", "--workdir", directory.toString()));
        Optional.ofNullable(process.environment().get("LD_LIBRARY_PATH"))
                .ifPresent(libraries -> line.addAll(List.of("--env", "LD_LIBRARY_PATH=" + libraries)));
        line.addAll(options);
        line.addAll(process.command().subList(1, process.command().size())); // a service has its session anyway
        return line;
    }

    /** As the service {@code web} of a daemon, which may not know of it yet. */
    static Server planned(ServerKind kind, Path directory) throws IOException {
        return new Server(kind, directory, prepare(directory), 0);
    }

    /** The same after a restore. */
    Server again(long newPid) {
        return new Server(kind, directory, port, newPid);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    long pid() {
        return pid;
    }

    int port() {
        return port;
    }

    /** Those below the first process. */
    List<Long> workers() {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .toList();
    }

    /** The first process as it sees itself. */
    long innerPid() throws IOException {
        var status = Files.readString(Path.of("/proc", Long.toString(pid), "status"));
        var pids = status.lines()
                .filter(line -> line.startsWith("NSpid:"))
                .findFirst()
                .orElseThrow()
                .split("\\s+");
        return Long.parseLong(pids[pids.length - 1]);
    }

    /** What it answers to a request after which it closes the connection. */
    String answer(String request) throws IOException {
        try (var socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** A connection that was answered on, and which stays open. */
    Socket greet() throws IOException {
        var socket = connect();
        socket.getOutputStream().write(kind.greeting().getBytes(StandardCharsets.US_ASCII));
        assertTrue(socket.getInputStream().read() >= 0, "no answer");
        return socket;
    }

    void store(String value) throws IOException {
        if (kind.isStore()) {
            answer(kind.storing(value));
        } else {
            Files.writeString(directory.resolve("web/key"), value);
        }
    }

    /** The value is the last word of the answer, but for the thanks of some. */
    void assertHas(String value) throws IOException {
        var answer = answer(kind.asking());
        var words = answer.replaceAll("\\+OK|END", "").strip().split("\\s+");
        assertEquals(value, words[words.length - 1], answer);
    }

    private void awaitAnswers() {
        Await.until(kind + " to answer on port " + port, () -> {
            try {
                return !answer(kind.asking()).isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
        Await.until("the workers of " + kind, () -> workers().size() == kind.workers());
    }

    /** A server may take its time to close its end of a connection. */
    private void awaitNoConnection() {
        var request = CheckpointRequest.builder().pid(pid).build();
        Await.until("the end of connections", () -> {
            try {
                return Checkpointer.obstacles(request).isEmpty();
            } catch (EngineException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** What the command says. */
    Cli checkpoint(Path image, String... options) {
        var line = new ArrayList<>(List.of("checkpoint", Long.toString(pid), "--to", image.toString(), "--no-hooks"));
        line.addAll(List.of(options));
        return Cli.run(line.toArray(String[]::new));
    }

    /** Takes it to an image and waits for its end. Where one of its PIDs was in use, it was restored into a namespace. */
    void dump(Path image) throws IOException {
        if (innerPid() != pid) {
            dumpInside(image);
            return;
        }
        var all = new ArrayList<>(workers());
        all.add(pid);
        awaitNoConnection();
        var ended = checkpoint(image);
        assertEquals(0, ended.status(), ended.errors());
        assertEquals("", ended.errors());
        all.forEach(Processes::awaitEnd);
    }

    /** The same from inside of its own PID namespace. */
    void dumpInside(Path image) throws IOException {
        awaitNoConnection();
        var ended = Processes.run(dumpingInside(image));
        assertEquals(0, ended.status(), ended.output());
        assertTrue(ended.output().contains("image    " + image + "\n"), ended.output());
        Processes.awaitEnd(pid);
    }

    private List<String> dumpingInside(Path image) throws IOException {
        var java = Jdk.all().findFirst().orElseThrow().java().toString();
        return List.of(
                "nsenter",
                "-t",
                Long.toString(pid),
                "-p",
                "-m",
                "setsid",
                "--wait",
                java,
                "-XX:-UsePerfData",
                "-cp",
                Target.classPath(),
                Main.class.getName(),
                "checkpoint",
                Long.toString(innerPid()),
                "--no-hooks",
                "--to",
                image.toString());
    }

    /** The program of an image. Its standard output goes where it went. */
    Server restored(Path image, String... options) throws IOException {
        var pidfile = directory.resolve("pid." + image.getFileName());
        var line = new ArrayList<>(List.of("--detach", "--pidfile", pidfile.toString(), "--output", output()));
        line.addAll(List.of(options));
        var ended = restore(image, line);
        assertEquals(0, ended.status(), ended.output());
        assertEquals("", ended.output());
        var server = new Server(
                kind, directory, port, Long.parseLong(Files.readString(pidfile).strip()));
        assertEquals(kind.workers(), server.workers().size(), kind + " with its workers");
        return server;
    }

    String output() {
        return directory.resolve("output.txt").toString();
    }

    static Processes.Result restore(Path image, List<String> options) throws IOException {
        return Processes.run(launcher(image, options));
    }

    static ProcessBuilder launcher(Path image, List<String> options) {
        var line = new ArrayList<>(List.of("sh", LAUNCHER.toString(), "restore", image.toString()));
        line.addAll(options);
        return new ProcessBuilder(line);
    }

    /** The program of an image as a child of the launcher, until it is told to end. */
    int runInForeground(Path image, String value) throws IOException {
        var launcher = launcher(image, List.of("--output", output()))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("launcher.txt").toFile())
                .start();
        try {
            Await.until("the program of " + image, () -> {
                try {
                    assertHas(value);
                    return true;
                } catch (IOException e) {
                    if (!launcher.isAlive()) {
                        throw new AssertionError("the launcher has ended with " + launcher.exitValue());
                    }
                    return false;
                }
            });
            launcher.destroy(); // SIGTERM
            Await.until("the end of the launcher", () -> !launcher.isAlive());
            return launcher.exitValue();
        } finally {
            launcher.descendants().forEach(ProcessHandle::destroyForcibly);
            launcher.destroyForcibly();
        }
    }

    /** Asks it to end, and waits for that. */
    void terminate() {
        var all = new ArrayList<>(workers());
        all.add(pid);
        Optional.of(pid).flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroy);
        all.forEach(Processes::awaitEnd);
    }

    @Override
    public void close() {
        var below = workers();
        Processes.end(pid);
        below.forEach(Processes::end);
    }
}
