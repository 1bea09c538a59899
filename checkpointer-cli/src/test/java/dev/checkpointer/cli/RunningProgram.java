package dev.checkpointer.cli;

import dev.checkpointer.cli.jvm.Agent;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A program of the tests in a directory of its own, started or restored. Ended when it is closed. */
final class RunningProgram implements AutoCloseable {
    /** The agent's jar, which the command finds by the same property. */
    static final Path AGENT = Path.of(System.getProperty("cli.agent"));

    private static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path directory;
    private final long pid;

    private RunningProgram(Path directory, long pid) {
        this.directory = directory;
        this.pid = pid;
    }

    /** Short, since a socket's path is. */
    private static Path newDirectory() throws IOException {
        var name = ProcessHandle.current().pid() + "." + COUNT.incrementAndGet();
        return Files.createDirectories(Path.of("target", "p", name).toAbsolutePath());
    }

    /** With resources, and the agent where it is asked for. */
    static RunningProgram hooked(Jdk jdk, boolean agent, String... more) throws IOException {
        var directory = newDirectory();
        var options = new ArrayList<>(List.of(more));
        if (agent) {
            options.add("-javaagent:" + AGENT + "=control=" + directory.resolve("c"));
        }
        var program = start(jdk, directory, options, Target.classPath(), HookedProgram.class);
        program.awaitLine("ready");
        if (agent) {
            Await.until("the agent", () -> Agent.of(program.pid).isPresent()); // the file is there before it listens
        }
        return program;
    }

    /** Started with no preparation at all. */
    static RunningProgram plain(Jdk jdk, String... options) throws IOException {
        var directory = newDirectory();
        var program = start(jdk, directory, List.of(options), plainClasses(directory), PlainProgram.class);
        program.awaitLine("count 0");
        return program;
    }

    /** The same, with a jar on its class path that is opened. */
    static RunningProgram behind(Path jar, Jdk jdk) throws IOException {
        var directory = newDirectory();
        var program = start(jdk, directory, List.of(), jar + ":" + plainClasses(directory), PlainProgram.class);
        program.awaitLine("count 0");
        return program;
    }

    /** A class path with a single class. */
    static String plainClasses(Path directory) throws IOException {
        var name = PlainProgram.class.getName().replace('.', '/') + ".class";
        var file = directory.resolve("classes").resolve(name);
        Files.createDirectories(file.getParent());
        try (var code = PlainProgram.class.getClassLoader().getResourceAsStream(name)) {
            Files.copy(code, file);
        }
        return directory.resolve("classes").toString();
    }

    private static RunningProgram start(
            Jdk jdk, Path directory, List<String> options, String classPath, Class<?> program) throws IOException {
        var command = new ArrayList<>(List.of("setsid", jdk.java().toString(), "-XX:+UseSerialGC", "-Xmx64m"));
        command.add("-Djava.io.tmpdir=" + directory);
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, program.getName()));
        command.add(directory.resolve("behaviour").toString());
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
        return new RunningProgram(directory, process.pid());
    }

    /** The program of an image, started by the launcher, with the output where it was. */
    RunningProgram restored(Path image) throws IOException {
        var output = directory.resolve("output.txt").toString();
        var ended = Processes.run(
                List.of("sh", LAUNCHER.toString(), "restore", image.toString(), "--detach", "--output", output));
        if (ended.status() != 0) {
            throw new AssertionError(ended.output());
        }
        return new RunningProgram(directory, Long.parseLong(ended.output().strip()));
    }

    long pid() {
        return pid;
    }

    String pidText() {
        return Long.toString(pid);
    }

    Path directory() {
        return directory;
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
        awaitLine(line, 1);
    }

    void awaitLine(String line, int times) {
        Await.until("the line '" + line + "'", () -> count(line) >= times);
    }

    /** The plain program still does its work. */
    void awaitMoreOutput() {
        long length = output().length();
        Await.until("more output of process " + pid, () -> output().length() > length);
    }

    @Override
    public void close() {
        Processes.end(pid);
    }
}
