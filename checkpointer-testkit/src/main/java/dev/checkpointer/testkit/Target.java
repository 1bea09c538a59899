package dev.checkpointer.testkit;

import dev.checkpointer.RestoredProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A running {@link TargetProgram}, started or restored. Ended when it is closed.
 *
 * @since 0.1.0
 */
public final class Target implements AutoCloseable {
    private final Path directory;
    private final Path mailbox;
    private final long pid;
    private final int restores;
    private int next;
    private int afterCheckpoint;

    private Target(Path directory, Path mailbox, long pid, int restores, int next) {
        this.directory = directory;
        this.mailbox = mailbox;
        this.pid = pid;
        this.restores = restores;
        this.next = next;
    }

    /**
     * Starts the program.
     *
     * @param jdk on which JDK
     * @param directory working directory and place of its mailboxes and its output
     * @param properties system properties, and options of the JVM by names that begin with a hyphen
     * @return the program; it may not yet answer
     * @throws IOException when it cannot be started
     */
    public static Target start(Jdk jdk, Path directory, Map<String, String> properties) throws IOException {
        return start(command(jdk, directory, properties).redirectErrorStream(true), directory);
    }

    /**
     * Starts the program with a standard error of its own.
     *
     * @param jdk on which JDK
     * @param directory working directory and place of its mailboxes and its standard output
     * @param properties system properties, and options of the JVM by names that begin with a hyphen
     * @param error where its standard error goes
     * @return the program; it may not yet answer
     * @throws IOException when it cannot be started
     */
    public static Target start(Jdk jdk, Path directory, Map<String, String> properties, Redirect error)
            throws IOException {
        return start(command(jdk, directory, properties).redirectError(error), directory);
    }

    /**
     * Starts the program with closed standard streams.
     *
     * @param jdk on which JDK
     * @param directory working directory and place of its mailboxes
     * @param properties system properties, and options of the JVM by names that begin with a hyphen
     * @return the program; it may not yet answer
     * @throws IOException when it cannot be started
     */
    public static Target startWithClosedStreams(Jdk jdk, Path directory, Map<String, String> properties)
            throws IOException {
        var command = command(jdk, directory, properties);
        command.command().addAll(0, List.of("sh", "-c", "exec \"$0\" \"$@\" <&- >&- 2>&-"));
        return start(command, directory);
    }

    private static ProcessBuilder command(Jdk jdk, Path directory, Map<String, String> properties) {
        var command = new ArrayList<>(List.of(jdk.java().toString()));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx64m", "-XX:TieredStopAtLevel=1"));
        properties.forEach((key, value) -> command.add(key.startsWith("-") ? key + value : "-D" + key + "=" + value));
        command.addAll(List.of(
                "-cp",
                classPath(),
                TargetProgram.class.getName(),
                mailbox(directory).toString()));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("output.txt").toFile());
    }

    private static Path mailbox(Path directory) {
        return directory.resolve("mailbox");
    }

    private static Target start(ProcessBuilder command, Path directory) throws IOException {
        Files.createDirectories(mailbox(directory));
        var process = command.start();
        process.getOutputStream().close();
        return new Target(directory, mailbox(directory), process.pid(), 0, 0);
    }

    /**
     * The class path of the tests, which surefire keeps in a property of its own.
     *
     * @return directories and jars, separated by colons
     */
    public static String classPath() {
        return Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                .orElse(System.getProperty("java.class.path"));
    }

    /**
     * The program as it was restored. It answers the request with which it was checkpointed.
     *
     * @param process the restored process
     * @return the program
     */
    public Target restored(RestoredProcess process) {
        var sibling = directory.resolve("mailbox.r" + (restores + 1));
        return new Target(directory, sibling, process.pid(), restores + 1, afterCheckpoint);
    }

    /**
     * The program restored from an image that was made without its knowledge.
     *
     * @param process the restored process
     * @return the program
     */
    public Target restoredUnaware(RestoredProcess process) {
        return new Target(directory, mailbox, process.pid(), restores, next);
    }

    /**
     * Asks and waits for the answer.
     *
     * @param request a request that the program knows
     * @return its answer
     */
    public String ask(String request) {
        send(request);
        return answer();
    }

    /**
     * Asks without waiting.
     *
     * @param request a request that the program knows
     */
    public void send(String request) {
        try {
            var part = Files.writeString(mailbox.resolve("request.part"), request);
            Files.move(part, mailbox.resolve(next + ".request"), StandardCopyOption.ATOMIC_MOVE);
            next++;
            if (request.startsWith("checkpoint") || request.equals("org-crac")) {
                afterCheckpoint = next;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for the answer to the last request.
     *
     * @return the answer
     */
    public String answer() {
        var file = mailbox.resolve((next - 1) + ".answer");
        Await.until("answer " + file + " of process " + pid, () -> {
            if (!Files.exists(file) && !Processes.runs(pid)) {
                throw new AssertionError("process " + pid + " has ended without an answer: " + output());
            }
            return Files.exists(file);
        });
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether the answer to the last request is there.
     *
     * @return true when {@link #answer} would not wait
     */
    public boolean hasAnswered() {
        return Files.exists(mailbox.resolve((next - 1) + ".answer"));
    }

    /**
     * What the program wrote to its standard output, and to its standard error where that is the same.
     *
     * @return the text
     */
    public String output() {
        try {
            return Files.readString(directory.resolve("output.txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /**
     * Asks for something that ends the program, such as a checkpoint, and waits for its end.
     *
     * @param request a request that the program knows
     */
    public void endWith(String request) {
        send(request);
        var answer = mailbox.resolve((next - 1) + ".answer");
        Await.until("the end of process " + pid + " by " + request, () -> {
            if (Files.exists(answer)) {
                throw new AssertionError(request + " did not end process " + pid + ": " + answer());
            }
            return !Processes.runs(pid);
        });
    }

    /**
     * Its PID.
     *
     * @return the PID as the test sees it
     */
    public long pid() {
        return pid;
    }

    @Override
    public void close() {
        Processes.end(pid);
    }
}
