package dev.checkpointer.internal.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The files that a process has mapped, from {@code /proc/PID/maps} (proc_pid_maps(5)). */
public final class MappedFiles {
    private static final Pattern LINE = Pattern.compile("\\S+ (\\S+) \\S+ \\S+ \\d+ +(/.*)");
    private static final String DELETED = " (deleted)";
    private static final Pattern PAGES = Pattern.compile("(/[^\n]*)/pages-\\d+\\.img(?: \\(deleted\\))?\n");

    private MappedFiles() {}

    /**
     * The paths of the mapped files that still exist, in the order of their addresses.
     *
     * @param pid the process
     * @return their paths
     * @throws IOException when the process cannot be looked at
     */
    public static Set<Path> of(long pid) throws IOException {
        return withWritten(pid).keySet();
    }

    /** The same, and whether the process can change the file through the mapping. */
    public static Map<Path, Boolean> withWritten(long pid) throws IOException {
        var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "maps"));
        return parse(new String(bytes, StandardCharsets.UTF_8));
    }

    /**
     * The image that a process has its memory from, when it was restored from one that "image map" had prepared.
     *
     * @param pid the process
     * @return the image's directory, which may be gone
     * @throws IOException when the process cannot be looked at
     */
    public static Optional<Path> image(long pid) throws IOException {
        var maps = Files.readString(Path.of("/proc", Long.toString(pid), "maps"), StandardCharsets.ISO_8859_1);
        if (!maps.contains("/pages-")) {
            return Optional.empty();
        }
        return PAGES.matcher(maps)
                .results()
                .map(match -> Path.of(match.group(1)))
                .findFirst();
    }

    static Map<Path, Boolean> parse(String maps) {
        var files = new LinkedHashMap<Path, Boolean>();
        for (var line : maps.split("\n")) {
            var match = LINE.matcher(line);
            if (match.matches() && !match.group(2).endsWith(DELETED)) {
                var mode = match.group(1);
                files.merge(
                        Path.of(match.group(2)), mode.charAt(1) == 'w' && mode.charAt(3) == 's', Boolean::logicalOr);
            }
        }
        return files;
    }
}
