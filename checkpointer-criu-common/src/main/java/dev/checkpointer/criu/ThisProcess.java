package dev.checkpointer.criu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel says of the calling process (proc_pid_stat(5)).
 *
 * @since 0.1.0
 */
public final class ThisProcess {
    private static final int START_TIME = 22;
    /** The first field behind the command's name, which may hold spaces itself. */
    private static final int STATE = 3;

    private ThisProcess() {}

    /**
     * When the process was started. A process that was restored from an image has a later time than the one that was
     * dumped.
     *
     * @return clock ticks since boot
     * @throws IOException when /proc is not there
     */
    public static long startTime() throws IOException {
        var stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[START_TIME - STATE]);
    }

    /**
     * Whether CRIU has to do without root.
     *
     * @return true for every user but root
     * @throws IOException when /proc is not there
     */
    public static boolean unprivileged() throws IOException {
        return !Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
