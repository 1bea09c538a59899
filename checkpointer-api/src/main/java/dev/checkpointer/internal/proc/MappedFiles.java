package dev.checkpointer.internal.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** The files that a process has mapped, from {@code /proc/PID/maps} (proc_pid_maps(5)). */
public final class MappedFiles {
    private static final Pattern LINE = Pattern.compile("\\S+ \\S+ \\S+ \\S+ \\d+ +(/.*)");
    private static final String DELETED = " (deleted)";

    private MappedFiles() {}

    /** The paths of the mapped files that still exist, in the order of their addresses. */
    public static Set<Path> of(long pid) throws IOException {
        var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "maps"));
        return parse(new String(bytes, StandardCharsets.UTF_8));
    }

    static Set<Path> parse(String maps) {
        var files = new LinkedHashSet<Path>();
        for (var line : maps.split("\n")) {
            var match = LINE.matcher(line);
            if (match.matches() && !match.group(1).endsWith(DELETED)) {
                files.add(Path.of(match.group(1)));
            }
        }
        return files;
    }
}
