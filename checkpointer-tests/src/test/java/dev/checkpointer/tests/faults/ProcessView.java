package dev.checkpointer.tests.faults;

import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A process of a test, as {@code /proc} shows it.
 *
 * @param pid its PID
 * @param parent its parent's PID
 * @param name the name of its program; a process that CRIU is restoring is called as CRIU
 * @param words its command line
 */
record ProcessView(long pid, long parent, String name, List<String> words) {
    private static final Path PROC = Path.of("/proc");

    /** The running processes that have a path in their command line, or work below it. */
    static List<ProcessView> of(Path path) {
        var found = new ArrayList<ProcessView>();
        try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var entry : entries) {
                read(entry, path.toString()).ifPresent(found::add);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private static Optional<ProcessView> read(Path entry, String path) {
        try {
            var command = Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            long pid = Long.parseLong(entry.getFileName().toString());
            if (!command.contains(path) && !isBelow(entry, path) || !Processes.runs(pid)) {
                return Optional.empty();
            }
            var stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
            int end = stat.lastIndexOf(')');
            var name = stat.substring(stat.indexOf('(') + 1, end);
            long parent = Long.parseLong(stat.substring(end + 4).split(" ")[0]);
            return Optional.of(new ProcessView(pid, parent, name, List.of(command.split("\0"))));
        } catch (IOException e) {
            return Optional.empty(); // it has ended
        }
    }

    private static boolean isBelow(Path entry, String path) {
        try {
            return Files.readSymbolicLink(entry.resolve("cwd")).toString().startsWith(path);
        } catch (IOException e) {
            return false;
        }
    }

    /** The first of them that fits. */
    static Optional<ProcessView> find(Path path, Predicate<ProcessView> which) {
        return of(path).stream().filter(which).findFirst();
    }

    /** A process, if it is one of these; much quicker than to look at all. */
    static Optional<ProcessView> of(long pid, Path path) {
        return read(PROC.resolve(Long.toString(pid)), path.toString());
    }

    /** CRIU itself, not what it restores. */
    static Optional<ProcessView> criu(Path path) {
        return find(path, process -> process.isCriu() && !nameOf(process.parent).equals("criu"));
    }

    private static String nameOf(long pid) {
        try {
            return Files.readString(PROC.resolve(Long.toString(pid)).resolve("comm"))
                    .strip();
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    boolean isCriu() {
        return name.equals("criu");
    }
}
