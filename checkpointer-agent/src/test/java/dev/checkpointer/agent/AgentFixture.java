package dev.checkpointer.agent;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A program in a directory of its own, its agent's socket, and whoever talks to it. Ended when it is closed. */
final class AgentFixture implements AutoCloseable {
    static final Path AGENT = Path.of(System.getProperty("test.agent"));
    static final Path ACTIONS = Path.of(System.getProperty("test.root"), "bin/checkpointer-actions.sh");
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path directory;
    private final Process process;

    private AgentFixture(Path directory, List<String> command) throws IOException {
        this.directory = directory;
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile());
        process = builder.start();
    }

    /** With org.crac and checkpointer on the class path, or with the program's classes alone. */
    static AgentFixture start(Jdk jdk, boolean bare, List<String> options, Class<?> program) throws IOException {
        return start(jdk, bare ? ownClasses() : Target.classPath(), options, program);
    }

    static AgentFixture start(Jdk jdk, String classPath, List<String> options, Class<?> program) throws IOException {
        var all = new ArrayList<>(options);
        all.addAll(List.of("-cp", classPath, program.getName(), "%behaviour"));
        return start(jdk, all);
    }

    /** With the arguments of the JVM; some words stand for places. */
    static AgentFixture start(Jdk jdk, List<String> arguments) throws IOException {
        var directory = newDirectory();
        var command = new ArrayList<>(List.of("setsid", jdk.java().toString(), "-XX:+UseSerialGC"));
        command.add("-Djava.io.tmpdir=" + directory);
        command.addAll(arguments.stream()
                .map(argument -> argument.replace("%agent", AGENT.toString())
                        .replace("%control", directory.resolve("c").toString())
                        .replace("%behaviour", directory.resolve("behaviour").toString())
                        .replace("%directory", directory.toString()))
                .toList());
        return new AgentFixture(directory, command);
    }

    static AgentFixture start(Jdk jdk, Class<?> program, String... options) throws IOException {
        var all = new ArrayList<>(List.of("-javaagent:%agent=control=%control"));
        all.addAll(Arrays.asList(options));
        var fixture = start(jdk, false, all, program);
        fixture.awaitSocket();
        return fixture;
    }

    static Jdk jdk() {
        return Jdk.all().findFirst().orElseThrow();
    }

    /** Short, since a socket's path is. */
    static Path newDirectory() throws IOException {
        var directory =
                AGENT.resolveSibling("a").resolve(ProcessHandle.current().pid() + "." + COUNT.incrementAndGet());
        return Files.createDirectories(directory);
    }

    static String ownClasses() {
        return Arrays.stream(Target.classPath().split(":"))
                .filter(entry -> entry.endsWith("test-classes"))
                .findFirst()
                .orElseThrow();
    }

    Path directory() {
        return directory;
    }

    /** The PID of the JVM: setsid(1) takes its own process for it unless it leads a group. */
    long pid() {
        return process.pid();
    }

    Path socket() {
        return directory.resolve("c/checkpointer." + pid());
    }

    void awaitSocket() {
        Await.until(
                "the socket " + socket() + "\n" + output(), () -> Files.exists(socket(), LinkOption.NOFOLLOW_LINKS));
    }

    void behave(String how) throws IOException {
        var part = Files.writeString(directory.resolve("part"), how);
        Files.move(part, directory.resolve("behaviour"), StandardCopyOption.ATOMIC_MOVE);
    }

    String output() {
        try {
            return Files.readString(directory.resolve("output.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often the program wrote a line. */
    long count(String line) {
        return output().lines().filter(line::equals).count();
    }

    void awaitLine(String line) {
        Await.until("the line '" + line + "'", () -> count(line) > 0);
    }

    /** How often a {@link NotingProgram} noted a word. */
    long notes(String word) {
        var notes = directory.resolve("notes");
        try {
            return Files.exists(notes)
                    ? Files.readString(notes).lines().filter(word::equals).count()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitNote(String word, int count) {
        Await.until(count + " times the note '" + word + "'", () -> notes(word) >= count);
    }

    /** Waits for the socket: it is closed for the time of a dump. */
    SocketChannel connect() {
        return connect(socket());
    }

    private static SocketChannel connect(Path socket) {
        return Await.value("a connection to " + socket, () -> {
            try {
                return Optional.of(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    /** Sends lines, and everything that comes back. */
    String ask(String... lines) throws IOException {
        return send((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Asks the agent of another process, such as a clone. */
    static String ask(Path socket, String line) throws IOException {
        return send(socket, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    String send(byte[] bytes) throws IOException {
        return send(socket(), bytes);
    }

    private static String send(Path socket, byte[] bytes) throws IOException {
        try (var channel = connect(socket)) {
            var writer = new Thread(() -> write(channel, bytes));
            writer.start();
            var answer = readAll(channel);
            writer.join();
            return answer;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) {
        try {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.shutdownOutput();
        } catch (IOException e) {
            return; // the agent had enough of it
        }
    }

    static String readAll(SocketChannel channel) throws IOException {
        var text = new StringBuilder();
        var buffer = ByteBuffer.allocate(65536);
        try {
            while (channel.read(buffer) >= 0) {
                text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
                buffer.clear();
            }
        } catch (IOException e) {
            text.append(e.getMessage()); // reset: the agent closed while bytes were on their way
        }
        return text.toString();
    }

    void awaitStatus(String part) {
        Await.until("status " + part, () -> {
            try {
                return ask("status").contains(part);
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Images are large. CRIU may still write the last file of one whose program has ended. */
    static void deleteImage(Path directory) {
        var image = directory.resolve("image");
        Await.until("the end of " + image, () -> {
            try (var files = Files.newDirectoryStream(image)) {
                for (var file : files) {
                    Files.delete(file);
                }
                Files.delete(image);
            } catch (NotDirectoryException | NoSuchFileException e) {
                return true;
            } catch (IOException e) {
                return false;
            }
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        Processes.end(pid());
        Files.deleteIfExists(socket());
        deleteImage(directory);
    }
}
