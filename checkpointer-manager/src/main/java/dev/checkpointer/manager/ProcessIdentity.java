package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process, and no later one of the same PID.
 *
 * @param pid as this machine sees it
 * @param start when it started, in clock ticks after the machine
 * @param boot the identity of the machine's start
 */
record ProcessIdentity(long pid, long start, String boot) {
    private static final String BOOT = readBoot();

    /** A process that runs now; a zombie does not. */
    static Optional<ProcessIdentity> of(long pid) {
        return stat(pid).filter(stat -> !stat.ended()).map(stat -> new ProcessIdentity(pid, stat.start(), BOOT));
    }

    /** What {@link #toString} wrote, or a script. */
    static Optional<ProcessIdentity> parse(String line) {
        var words = line.split(" ");
        try {
            return words.length == 3
                    ? Optional.of(new ProcessIdentity(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return pid + " " + start + " " + boot;
    }

    boolean runs() {
        return boot.equals(BOOT)
                && stat(pid)
                        .filter(stat -> stat.start() == start && !stat.ended())
                        .isPresent();
    }

    boolean sameBoot() {
        return boot.equals(BOOT);
    }

    long parent() {
        return stat(pid).map(Stat::parent).orElse(0L);
    }

    private record Stat(boolean ended, long parent, long start) {}

    /** The name of the command, in parentheses, may hold anything. */
    private static Optional<Stat> stat(long pid) {
        try {
            var text = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            return Optional.of(new Stat(ended, Long.parseLong(fields[1]), Long.parseLong(fields[19])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String readBoot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
