package dev.checkpointer.internal.descriptor;

import dev.checkpointer.internal.proc.MappedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A process that goes into an image, with what it has open and mapped.
 *
 * @param pid its PID
 * @param descriptors its open descriptors, in the order of their numbers
 * @param mapped the files that it has mapped, and whether it can change them so
 */
public record DumpedProcess(long pid, List<Descriptor> descriptors, Map<Path, Boolean> mapped) {
    private static final String JVM = "libjvm.so";

    /**
     * A process with all that is below it, since CRIU dumps them together. Of a JVM that dumps itself it is that one alone.
     *
     * @return the process itself first
     * @throws IOException when the process itself cannot be looked at; others may end meanwhile
     */
    public static List<DumpedProcess> tree(long pid) throws IOException {
        var tree = new ArrayList<>(List.of(of(pid)));
        if (pid != ProcessHandle.current().pid()) {
            var below = ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .map(ProcessHandle::pid)
                    .sorted()
                    .toList();
            for (long child : below) {
                try {
                    tree.add(of(child));
                } catch (IOException e) {
                    continue; // it has ended, or CRIU will say what is with it
                }
            }
        }
        return tree;
    }

    private static DumpedProcess of(long pid) throws IOException {
        return new DumpedProcess(pid, Descriptor.of(pid), MappedFiles.withWritten(pid));
    }

    /** The same without some of its descriptors. */
    public DumpedProcess without(Predicate<Descriptor> closed) {
        return new DumpedProcess(
                pid, descriptors.stream().filter(closed.negate()).toList(), mapped);
    }

    /** Whether it is a JVM. */
    public boolean isJvm() {
        return pid == ProcessHandle.current().pid() || jdk().isPresent();
    }

    /** The home of its JDK. */
    public Optional<Path> jdk() {
        return mapped.keySet().stream()
                .filter(file -> file.endsWith(JVM))
                .map(file -> file.resolve("../../..").normalize())
                .findFirst();
    }
}
