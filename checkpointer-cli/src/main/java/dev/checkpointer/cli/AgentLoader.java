package dev.checkpointer.cli;

import dev.checkpointer.cli.jvm.Agent;
import dev.checkpointer.cli.jvm.AttachSocket;
import dev.checkpointer.cli.jvm.Attachment;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Loads the agent of the distribution into a JVM that was started without one. */
final class AgentLoader {
    /** The agent's jar, where it is not beside this command's. */
    private static final String JAR = "cli.agent";

    private static final String WITHOUT = "or add --no-hooks to dump the program as it is";
    private static final long START_MILLIS = 2000;
    private static final long PAUSE_MILLIS = 10;

    private final long pid;
    private final Path process;

    AgentLoader(long pid) {
        this.pid = pid;
        this.process = Path.of("/proc", Long.toString(pid));
    }

    /** Where the agent's jar is, or would be. */
    static Path jar() {
        try {
            var own = Path.of(AgentLoader.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Optional.ofNullable(System.getProperty(JAR))
                    .map(Path::of)
                    .orElse(own.resolveSibling("checkpointer-agent.jar"))
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns when the agent answers. */
    Agent load(Duration timeout) throws CommandException, InterruptedException {
        var jar = jar();
        if (!Files.isReadable(jar)) {
            throw refused("the agent's jar " + jar + " is missing", "Unpack the whole distribution, " + WITHOUT, null);
        }
        requireVisible(jar);
        requireListener();
        attach(jar, timeout);
        return await(START_MILLIS)
                .orElseThrow(() -> refused(
                        "the agent was loaded into process " + pid + ", but its control socket is not there",
                        "Look at the program's standard error, which says why, " + WITHOUT,
                        null));
    }

    /** In a container the JVM has other files than this command. */
    private void requireVisible(Path jar) throws CommandException {
        var inside = process.resolve("root").resolve(Path.of("/").relativize(jar));
        try {
            if (Files.isSameFile(jar, inside)) {
                return;
            }
        } catch (IOException e) {
            // told next
            throw invisible(jar, e);
        }
        throw invisible(jar, null);
    }

    private CommandException invisible(Path jar, IOException cause) {
        return refused(
                "process " + pid + " has another file system than this command, without " + jar,
                "Run the command in the program's container, start the program with -javaagent, " + WITHOUT,
                cause);
    }

    /** A JVM that is starting comes to it in a moment. */
    private void requireListener() throws CommandException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (!takesTools()) {
            if (System.nanoTime() > end) {
                throw refused(
                        "process " + pid + " takes no agent, and an attempt would end it",
                        "Start the program with -javaagent:" + jar() + ", " + WITHOUT,
                        null);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private boolean takesTools() throws CommandException {
        try {
            return AttachSocket.usable(pid);
        } catch (IOException e) {
            throw refused("process " + pid + " does not take the agent: " + e.getMessage(), "Nothing was dumped", e);
        }
    }

    /** On a thread of its own: a JVM that is stopped lets a tool wait for ever. */
    private void attach(Path jar, Duration timeout) throws CommandException, InterruptedException {
        var task = new FutureTask<>(() -> {
            Attachment.load(pid, jar);
            return true;
        });
        var thread = new Thread(task, "checkpointer: attach");
        thread.setDaemon(true);
        thread.start();
        try {
            task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CommandException(
                    ExitStatus.DEADLINE,
                    "process " + pid + " has not taken the agent within " + timeout.toMillis() + " ms",
                    "Allow more with --timeout, start the program with -javaagent, " + WITHOUT,
                    List.of(),
                    e);
        } catch (ExecutionException e) {
            throw failure(jar, e.getCause());
        }
    }

    private CommandException failure(Path jar, Throwable cause) {
        if (cause instanceof NoClassDefFoundError) {
            return refused(
                    "the agent cannot be loaded: the Java of this command has no module jdk.attach",
                    "Set JAVA_HOME to a whole JDK, start the program with -javaagent, " + WITHOUT,
                    cause);
        }
        if (String.valueOf(cause.getMessage()).contains("JAR not found")) {
            return refused(
                    "process " + pid + " cannot read the agent's jar " + jar,
                    "Let the program's user read it, start the program with -javaagent, " + WITHOUT,
                    cause);
        }
        return refused(
                "process " + pid + " does not take the agent: " + cause.getMessage(),
                "Start the program with -javaagent:" + jar + ", " + WITHOUT,
                cause);
    }

    private Optional<Agent> await(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            var agent = Agent.of(pid);
            if (agent.isPresent() || System.nanoTime() > end) {
                return agent;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static CommandException refused(String message, String remedy, Throwable cause) {
        return new CommandException(ExitStatus.REFUSED, message, remedy, List.of(), cause);
    }
}
