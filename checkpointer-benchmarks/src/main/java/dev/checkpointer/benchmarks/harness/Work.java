package dev.checkpointer.benchmarks.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A directory for everything that a benchmark leaves, and the processes that it starts. All of them have the directory's name,
 * which nobody else has, in their command lines: so those that were restored, or started by others on our behalf, are found and
 * ended as well. {@link #close} leaves neither files nor processes, also when the JVM is told to end.
 */
public final class Work implements AutoCloseable {
    private static final Duration TO_END = Duration.ofSeconds(20);

    private final Path directory;
    private final Set<Path> outside = new LinkedHashSet<>();
    private final Set<Path> kept = new LinkedHashSet<>();
    private final Set<ProcessHandle> started = new LinkedHashSet<>();
    private final Thread user = Thread.currentThread();
    private final Thread hook = new Thread(this::abort, "clean up");
    private boolean closed;
    private boolean cleared;
    private int files;

    /**
     * Makes the directory.
     *
     * @throws IOException when it cannot be made
     */
    public Work() throws IOException {
        directory = Files.createTempDirectory("checkpointer-bench.").toRealPath();
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * The directory.
     *
     * @return an absolute path
     */
    public Path directory() {
        return directory;
    }

    /**
     * A name for a new file or directory.
     *
     * @param name what it is for
     * @return a path below the directory that was not given away before
     */
    public synchronized Path file(String name) {
        return directory.resolve(++files + "-" + name.replaceAll("[^A-Za-z0-9.]+", "-"));
    }

    /**
     * Has a file outside of the directory removed in the end.
     *
     * @param file the file
     */
    public synchronized void removeInTheEnd(Path file) {
        outside.add(file);
    }

    /**
     * A command that is to have a session of its own, so that it can be dumped, and signals of a terminal do not reach it.
     *
     * @param command the command
     * @return the command with the one before it that makes the session
     */
    public static List<String> inSession(List<String> command) {
        var longer = new ArrayList<>(List.of("setsid"));
        longer.addAll(command);
        return longer;
    }

    /**
     * A process with its streams in files and its temporary files in the directory.
     *
     * @param command the command, with the directory in it somewhere
     * @param log what takes standard output and error
     * @return a builder for {@link #start}
     */
    public ProcessBuilder process(List<String> command, Path log) {
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("TMPDIR", directory.toString());
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        // What a user has set would make other images than those that are measured.
        for (var variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
            builder.environment().remove(variable);
        }
        return builder;
    }

    /**
     * Starts a process, unless everything is being cleaned up.
     *
     * @param builder the process
     * @return it
     * @throws IOException when it does not start
     */
    public Process start(ProcessBuilder builder) throws IOException {
        synchronized (this) {
            if (!closed) {
                started.removeIf(process -> !process.isAlive());
                var process = builder.start();
                started.add(process.toHandle());
                return process;
            }
        }
        throw new IOException("nothing is started any more");
    }

    /**
     * Runs a command to its end.
     *
     * @param builder the command
     * @param time how long it may take
     * @throws IOException when it fails or takes longer
     * @throws InterruptedException when this thread is interrupted
     */
    public void run(ProcessBuilder builder, Duration time) throws IOException, InterruptedException {
        var process = start(builder);
        if (!process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new IOException(builder.command() + " takes longer than " + time.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException(builder.command() + " ended with status " + process.exitValue());
        }
    }

    /**
     * A process of ours that was found by its PID.
     *
     * @param pid its PID
     * @param log where it writes
     * @return the program
     */
    public Program program(long pid, Path log) {
        return new Program(pid, log);
    }

    /**
     * Lets processes be that stay while others are measured, so that {@link #awaitQuiet} does not wait for them.
     *
     * @param directory below which they work; it is in their command lines
     * @param stays whether they stay
     */
    public synchronized void keep(Path directory, boolean stays) {
        if (stays) {
            kept.add(directory);
        } else {
            kept.remove(directory);
        }
    }

    /**
     * Waits until nothing runs any more that was started here, so that the next one has the machine for itself.
     *
     * @throws IOException when something stays; it is ended then
     * @throws InterruptedException when this thread is interrupted
     */
    public void awaitQuiet() throws IOException, InterruptedException {
        try {
            Deadline.in(TO_END)
                    .await("the end of all that was started", () -> ours(false).isEmpty());
        } catch (IOException e) {
            var left = ours(false);
            left.forEach(ProcessHandle::destroyForcibly);
            throw new IOException(
                    e.getMessage() + ": " + left.stream().map(Work::describe).toList(), e);
        }
    }

    private static String describe(ProcessHandle process) {
        return process.pid() + " " + process.info().commandLine().orElse("");
    }

    /** Those whose command line has our directory in it. */
    private synchronized List<ProcessHandle> ours(boolean all) {
        var found = new ArrayList<ProcessHandle>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                var line = commandLine(process);
                if (line.contains(directory.toString())
                        && (all || kept.stream().noneMatch(path -> line.contains(path.toString())))) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (all) {
            started.stream().filter(ProcessHandle::isAlive).forEach(found::add);
        }
        found.remove(ProcessHandle.current());
        return found;
    }

    private static String commandLine(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // has ended
        }
    }

    /** Ends all that was started here, and removes the directory. */
    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It runs already, and does the same.
            return;
        }
    }

    private void abort() {
        user.interrupt();
        clear();
    }

    /** Who comes second waits, since the JVM ends when the hook does. */
    private void clear() {
        synchronized (this) {
            closed = true;
        }
        synchronized (hook) {
            if (!cleared) {
                cleared = true;
                removeAll();
            }
        }
    }

    private void removeAll() {
        var deadline = Deadline.in(TO_END);
        try {
            for (var left = ours(true); !left.isEmpty() && !deadline.passed(); left = ours(true)) {
                left.forEach(ProcessHandle::destroyForcibly);
                Thread.sleep(10);
            }
            for (var file : outside) {
                Files.deleteIfExists(file);
            }
            remove(directory);
        } catch (InterruptedException | IOException e) {
            System.err.println("bench: not everything in " + directory + " could be removed: " + e);
        }
    }

    /**
     * Removes a directory with all that is in it.
     *
     * @param directory the directory, which may be gone
     * @throws IOException when something stays
     */
    public static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return; // somebody else was first
        }
    }
}
