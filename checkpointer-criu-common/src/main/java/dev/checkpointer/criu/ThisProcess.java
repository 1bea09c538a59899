package dev.checkpointer.criu;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the kernel says of the calling process (proc_pid_stat(5)).
 *
 * @since 0.1.0
 */
public final class ThisProcess {
    /** As in capabilities(7). */
    private static final int CAP_SYS_ADMIN = 21;

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
        return startTime("self");
    }

    /** When another process was started. */
    static long startTime(long pid) throws IOException {
        return startTime(Long.toString(pid));
    }

    private static long startTime(String process) throws IOException {
        var stat = Files.readString(Path.of("/proc", process, "stat"), StandardCharsets.ISO_8859_1);
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[START_TIME - STATE]);
    }

    /**
     * Whether CRIU has to be told that it runs without the rights of root: for ordinary users, and for a root without
     * CAP_SYS_ADMIN as containers have it.
     *
     * @return true without that capability
     * @throws IOException when /proc is not there
     */
    public static boolean unprivileged() throws IOException {
        return unprivileged("self");
    }

    /** The same, where a process without /proc can do nothing. */
    static boolean lacksRights() throws EngineException {
        try {
            return unprivileged();
        } catch (IOException e) {
            throw new EngineException(FailureKind.UNAVAILABLE, "cannot look at this process: " + e, "Mount /proc");
        }
    }

    /**
     * Whether another process lacks the rights of root in the same way.
     *
     * @param pid its PID
     * @return true without that capability
     * @throws IOException when there is no such process
     */
    public static boolean unprivileged(long pid) throws IOException {
        return unprivileged(Long.toString(pid));
    }

    private static boolean unprivileged(String process) throws IOException {
        var capabilities = Long.parseUnsignedLong(status(process, "CapEff:").orElse("0"), 16);
        return (capabilities >>> CAP_SYS_ADMIN & 1) == 0;
    }

    /** The effective user. The owner of /proc/self is another one for a process that may not be dumped. */
    static int user() throws IOException {
        var users = status("self", "Uid:").orElseThrow(() -> new IOException("no Uid in /proc/self/status"));
        return Integer.parseUnsignedInt(users.split("\\s+")[1]);
    }

    private static Optional<String> status(String process, String key) throws IOException {
        try (var lines = Files.lines(Path.of("/proc", process, "status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(key.length()).strip())
                    .findFirst();
        }
    }
}
