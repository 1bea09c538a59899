package dev.checkpointer.internal.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files that a process has mapped, from {@code /proc/PID/maps} (proc_pid_maps(5)). */
public final class MappedFiles {
    private static final int WORDS_FROM_MODE = 4;
    private static final String DELETED = " (deleted)";
    private static final String PAGES = "/pages-";

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
        var maps = new String(Files.readAllBytes(Path.of("/proc", Long.toString(pid), "maps")), StandardCharsets.UTF_8);
        for (int at = maps.indexOf(PAGES); at >= 0; at = maps.indexOf(PAGES, at + 1)) {
            int digit = at + PAGES.length();
            while (digit < maps.length() && Character.isDigit(maps.charAt(digit))) {
                digit++;
            }
            if (digit > at + PAGES.length() && maps.startsWith(".img", digit)) {
                int line = maps.lastIndexOf('\n', at) + 1;
                return Optional.of(Path.of(maps.substring(maps.indexOf('/', line), at)));
            }
        }
        return Optional.empty();
    }

    /** Words of a line are range, mode, offset, device and inode, and then comes the path. No pattern: this runs uncompiled. */
    static Map<Path, Boolean> parse(String maps) {
        var files = new LinkedHashMap<Path, Boolean>();
        int end;
        for (int start = 0; start < maps.length(); start = end + 1) {
            end = maps.indexOf('\n', start);
            end = end < 0 ? maps.length() : end;
            int mode = maps.indexOf(' ', start) + 1;
            int path = mode;
            for (int word = 1; word <= WORDS_FROM_MODE; word++) {
                path = maps.indexOf(' ', path) + 1;
            }
            while (path < end && maps.charAt(path) == ' ') {
                path++;
            }
            if (path < end && maps.charAt(path) == '/') {
                var name = maps.substring(path, end);
                if (!name.endsWith(DELETED)) {
                    boolean written = maps.charAt(mode + 1) == 'w' && maps.charAt(mode + 3) == 's';
                    files.merge(Path.of(name), written, Boolean::logicalOr);
                }
            }
        }
        return files;
    }
}
