package dev.checkpointer.criu;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Processes and what they have started.
 *
 * @since 0.1.0
 */
public final class ProcessTree {
    private ProcessTree() {}

    /**
     * Kills a process with everything below it; each is stopped first so that nothing escapes.
     *
     * @param root its PID
     * @throws EngineException when that failed
     */
    public static void kill(long root) throws EngineException {
        try {
            var shell = new ProcessBuilder(
                            "sh",
                            "-c",
                            Shell.read(ProcessTree.class.getResourceAsStream("end-tree.sh")),
                            "end-tree",
                            Long.toString(root))
                    .redirectErrorStream(true)
                    .start();
            shell.getOutputStream().close();
            shell.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.OTHER,
                    "cannot end process " + root + ", which a restore left behind: " + e.getMessage(),
                    "End it with everything below it");
        }
    }

    /** The process below another one that has this PID in its own, innermost PID namespace. */
    static Optional<Long> below(long root, long pidInside) {
        var rest = new ArrayList<>(List.of(root));
        while (!rest.isEmpty()) {
            for (long child : children(rest.remove(0))) {
                if (insideOf(child) == pidInside) {
                    return Optional.of(child);
                }
                rest.add(child);
            }
        }
        return Optional.empty();
    }

    private static List<Long> children(long pid) {
        var children = new ArrayList<Long>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var task : tasks) {
                for (var child : Files.readString(task.resolve("children")).split(" ")) {
                    if (!child.isBlank()) {
                        children.add(Long.valueOf(child));
                    }
                }
            }
        } catch (IOException e) {
            return children; // it has ended
        }
        return children;
    }

    private static long insideOf(long pid) {
        return status(pid, "NSpid")
                .map(pids -> Long.valueOf(pids[pids.length - 1]))
                .orElse(0L);
    }

    /** The parent of a process, 0 when it has ended. */
    static long parent(long pid) {
        return status(pid, "PPid").map(words -> Long.valueOf(words[0])).orElse(0L);
    }

    /** Whether a process has ended, also when nobody has collected it yet. */
    static boolean ended(long pid) {
        return status(pid, "State").filter(state -> !state[0].equals("Z")).isEmpty();
    }

    private static Optional<String[]> status(long pid, String key) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(key + ":"))
                    .map(line -> line.substring(key.length() + 1).strip().split("\\s+"))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // it has ended
        }
    }
}
