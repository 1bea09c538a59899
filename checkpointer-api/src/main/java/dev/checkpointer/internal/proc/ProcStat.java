package dev.checkpointer.internal.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The fields of {@code /proc/PID/stat} that matter here (proc_pid_stat(5)).
 *
 * @param session the session's ID
 * @param startTime when the process was started, in clock ticks since boot; a restored process has a new one
 */
public record ProcStat(long session, long startTime) {
    private static final int SESSION = 6;
    private static final int START_TIME = 22;
    /** The first field behind the command's name. */
    private static final int STATE = 3;

    public static Optional<ProcStat> read(long pid) {
        try {
            // The kernel cuts the command's name after 15 bytes, maybe within a character.
            var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "stat"));
            return Optional.of(parse(new String(bytes, StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            return Optional.empty(); // no such process
        }
    }

    /** The command's name stands in parentheses and may hold spaces and parentheses itself. */
    static ProcStat parse(String line) {
        var fields = line.substring(line.lastIndexOf(')') + 2).strip().split(" ");
        return new ProcStat(Long.parseLong(fields[SESSION - STATE]), Long.parseLong(fields[START_TIME - STATE]));
    }
}
