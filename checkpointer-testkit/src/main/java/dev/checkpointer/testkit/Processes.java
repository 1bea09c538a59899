package dev.checkpointer.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at processes and ends them, by their own PIDs.
 *
 * @since 0.1.0
 */
public final class Processes {
    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /**
     * Whether a process runs; one that has ended but was not yet collected by its parent does not.
     *
     * @param pid its PID
     * @return false when it has ended
     */
    public static boolean runs(long pid) {
        try {
            var stat = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Kills a process and waits for its end.
     *
     * @param pid its PID
     */
    public static void end(long pid) {
        if (runs(pid)) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        awaitEnd(pid);
    }

    /**
     * Waits for the end of a process.
     *
     * @param pid its PID
     */
    public static void awaitEnd(long pid) {
        Await.until("the end of process " + pid, () -> !runs(pid));
    }

    /**
     * The running processes with a text in their command line.
     *
     * @param text for instance a directory that only one test uses
     * @return one line each, with PID and command
     */
    public static List<String> mentioning(String text) {
        var found = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var entry : entries) {
                var command = commandLine(entry);
                if (command.contains(text)
                        && runs(Long.parseLong(entry.getFileName().toString()))) {
                    found.add(entry.getFileName() + " " + command);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private static String commandLine(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /**
     * The children of a process, those among them that have ended and were not waited for.
     *
     * @param pid its PID
     * @return their PIDs, separated by spaces
     * @throws IOException when the process has ended
     */
    public static String children(long pid) throws IOException {
        var children = new StringBuilder();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var task : tasks) {
                children.append(Files.readString(task.resolve("children")));
            }
        }
        return children.toString().strip();
    }

    /**
     * Runs a command to its end.
     *
     * @param command the command with its arguments
     * @return what it wrote
     * @throws IOException when it cannot be started
     */
    public static Result run(List<String> command) throws IOException {
        return run(new ProcessBuilder(command));
    }

    /**
     * Runs a command to its end. Its standard error goes where its standard output goes.
     *
     * @param builder the command
     * @return what it wrote
     * @throws IOException when it cannot be started
     */
    public static Result run(ProcessBuilder builder) throws IOException {
        var output = Files.createTempFile("output", ".txt");
        try {
            var process = builder.redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .start();
            try {
                Await.until("the end of " + builder.command(), () -> !process.isAlive());
                return new Result(process.exitValue(), Files.readString(output));
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.delete(output);
        }
    }

    /**
     * How a command ended.
     *
     * @param status its exit status
     * @param output its standard output and error
     */
    public record Result(int status, String output) {}
}
