package dev.checkpointer.cli.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What {@code /proc/PID/status} tells of a process (proc_pid_status(5)). */
public final class ProcessStatus {
    private static final int SIGQUIT = 3;

    private final Map<String, String> fields = new HashMap<>();

    private ProcessStatus(String text) {
        for (var line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
    }

    /**
     * Reads it.
     *
     * @param process the directory of the process in {@code /proc}
     * @return its status
     * @throws IOException when it has ended
     */
    public static ProcessStatus read(Path process) throws IOException {
        return new ProcessStatus(
                new String(Files.readAllBytes(process.resolve("status")), StandardCharsets.ISO_8859_1));
    }

    /**
     * The command's name, cut by the kernel.
     *
     * @return for instance {@code java}
     */
    public String name() {
        return fields.getOrDefault("Name", "?");
    }

    /**
     * The process that this is, or that a thread belongs to.
     *
     * @return a PID
     */
    public long process() {
        return number("Tgid");
    }

    /**
     * The parent.
     *
     * @return a PID, 0 where it is outside of the PID namespace
     */
    public long parent() {
        return number("PPid");
    }

    /**
     * The effective user.
     *
     * @return its number
     */
    public long user() {
        return Long.parseLong(words("Uid")[1]);
    }

    /**
     * The PID as the process itself sees it.
     *
     * @return the PID in its own namespace
     */
    public long innerPid() {
        var pids = words("NSpid");
        return Long.parseLong(pids[pids.length - 1]);
    }

    /**
     * Whether it has ended, and only its parent has not taken note.
     *
     * @return true for a zombie
     */
    public boolean ended() {
        var state = fields.getOrDefault("State", "");
        return state.startsWith("Z") || state.startsWith("X");
    }

    /**
     * Whether SIGQUIT, by which tools ask a JVM for the attention of its attach listener, does not end the process.
     *
     * @return false also for a JVM that has only just begun to start
     */
    public boolean catchesQuit() {
        return (Long.parseUnsignedLong(fields.getOrDefault("SigCgt", "0"), 16) >> (SIGQUIT - 1) & 1) == 1;
    }

    private long number(String field) {
        return Long.parseLong(fields.getOrDefault(field, "0"));
    }

    private String[] words(String field) {
        return fields.getOrDefault(field, "0 0").split("\\s+");
    }
}
