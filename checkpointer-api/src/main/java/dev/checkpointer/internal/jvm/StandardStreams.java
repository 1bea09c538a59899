package dev.checkpointer.internal.jvm;

import dev.checkpointer.internal.descriptor.Descriptor;
import dev.checkpointer.internal.descriptor.DumpedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What descriptors 0, 1 and 2 are at the time of the dump, in the words of CRIU's option {@code --inherit-fd}, so that
 * the restored program can be given others in their place.
 */
final class StandardStreams {
    private static final int OWNER_READ = 0400;
    private static final int OWNER_WRITE = 0200;

    private StandardStreams() {}

    /** Those of the program, which is the first of the processes that go into the image. */
    static void note(List<DumpedProcess> processes, Map<String, String> manifest) throws IOException {
        var program = processes.get(0);
        var mapped = program.mapped().keySet().stream().map(Path::toString).collect(Collectors.toSet());
        var logs = program.isJvm() ? Set.<String>of() : logs(program);
        note(
                program.descriptors(),
                stream -> mapped.contains(stream.target())
                        || logs.contains(stream.target())
                        || !fits(program.pid(), stream),
                manifest);
    }

    /**
     * Files that a program which is no JVM appends to by other descriptors too: one of them in the place of its standard error
     * is no stream that others gave it, but its log (nginx has it so). It goes on there.
     */
    private static Set<String> logs(DumpedProcess program) throws IOException {
        var logs = new HashSet<String>();
        for (var descriptor : program.descriptors()) {
            if (!descriptor.isStandardStream()
                    && descriptor.isRegularFile()
                    && AppendedFiles.appends(descriptor.flags(program.pid()))) {
                logs.add(descriptor.target());
            }
        }
        return logs;
    }

    /** Whether a stream is open in the direction that it is for. The permissions of its link in /proc tell (proc_pid_fd(5)). */
    private static boolean fits(long pid, Descriptor stream) {
        var link = Path.of("/proc", Long.toString(pid), "fd", Integer.toString(stream.number()));
        try {
            int mode = (int) Files.getAttribute(link, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return (mode & (stream.number() == 0 ? OWNER_READ : OWNER_WRITE)) != 0;
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /**
     * CRIU replaces by what a descriptor refers to, not by its number. Where another descriptor refers to the same device,
     * that one would be replaced too, so the stream is left as it is then. So is a file of the JVM's own, its modules for
     * instance, which has the number of a stream that was closed when the JVM was started.
     */
    static void note(List<Descriptor> descriptors, Predicate<Descriptor> own, Map<String, String> manifest) {
        for (var stream : descriptors.stream().filter(d -> d.number() <= 2).toList()) {
            boolean shared = stream.target().startsWith("/dev/")
                    && !stream.isTerminal()
                    && descriptors.stream()
                            .anyMatch(d -> d.number() > 2 && d.target().equals(stream.target()));
            if (!shared && !own.test(stream)) {
                manifest.put("stdio." + stream.number(), key(stream));
            }
        }
    }

    /** Pipes and sockets are named as in /proc, terminals by device numbers, files by path without the first slash. */
    private static String key(Descriptor stream) {
        if (stream.isTerminal()) {
            return "tty[%x:%x]".formatted(stream.rdev(), stream.dev());
        }
        var target = stream.target();
        return target.startsWith("/") ? target.substring(1) : target;
    }
}
