package dev.checkpointer.internal.jvm;

import dev.checkpointer.internal.descriptor.Descriptor;
import dev.checkpointer.internal.descriptor.DumpedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Files that the process has mapped or open, and which must be as they were when the image is restored: CRIU maps and opens them
 * again, and what was read of them is in the memory. Standard streams, files that are appended to or opened anew by a rule, and the performance data are not
 * among them, since others stand in for them or they may grow.
 */
final class UsedFiles {
    private static final Pattern PERFORMANCE_DATA = Pattern.compile(".*/hsperfdata_[^/]*/[0-9]+");
    /** What is open there, the agent's look at the state of its own process for instance, is there when the process is. */
    private static final Path PROC = Path.of("/proc");

    private UsedFiles() {}

    /** Of the program with the processes below it. Notes a line {@code file.N=SIZE TIME PATH} for each, with seconds since 1970, or a dash where the process writes the file. */
    static void note(List<DumpedProcess> processes, Set<String> reopened, Map<String, String> manifest)
            throws IOException {
        var files = new LinkedHashMap<Path, Boolean>();
        processes.forEach(
                process -> process.mapped().forEach((file, written) -> files.merge(file, written, Boolean::logicalOr)));
        var program = processes.get(0);
        var streams = program.descriptors().stream()
                .filter(Descriptor::isStandardStream)
                .map(Descriptor::target)
                .collect(Collectors.toSet());
        for (var process : processes) {
            Predicate<Descriptor> isStream =
                    process == program ? Descriptor::isStandardStream : open -> streams.contains(open.target());
            open(process.without(isStream), reopened, files);
        }
        int number = 0;
        for (var file : files.keySet()) {
            var name = file.toString();
            if (Files.isRegularFile(file)
                    && !file.startsWith(PROC)
                    && !PERFORMANCE_DATA.matcher(name).matches()
                    && name.chars().noneMatch(Character::isISOControl)) {
                var time = files.get(file)
                        ? "-"
                        : Long.toString(Files.getLastModifiedTime(file).to(TimeUnit.SECONDS));
                manifest.put("file." + number++, Files.size(file) + " " + time + " " + file);
            }
        }
    }

    /** Adds what a process has open, but for what it appends to or a rule has opened anew. */
    private static void open(DumpedProcess process, Set<String> reopened, Map<Path, Boolean> files) throws IOException {
        for (var descriptor : process.descriptors()) {
            if (descriptor.isRegularFile() && descriptor.links() > 0) {
                int flags = descriptor.flags(process.pid());
                var file = Path.of(descriptor.target());
                if (AppendedFiles.appends(flags) || reopened.contains(descriptor.target())) {
                    files.remove(file);
                } else {
                    files.merge(file, AppendedFiles.writes(flags), Boolean::logicalOr);
                }
            }
        }
    }
}
