package dev.checkpointer.internal.jvm;

import dev.checkpointer.internal.descriptor.Descriptor;
import dev.checkpointer.internal.proc.MappedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Files that the process has mapped or open, and which must be as they were when the image is restored: CRIU maps and opens them
 * again, and what was read of them is in the memory. Standard streams, files that are appended to or opened anew by a rule, and the performance data are not
 * among them, since others stand in for them or they may grow.
 */
final class UsedFiles {
    private static final Pattern PERFORMANCE_DATA = Pattern.compile(".*/hsperfdata_[^/]*/[0-9]+");
    /** What is open there, the agent's look at the state of its own process for instance, is there when the process is. */
    private static final Path PROC = Path.of("/proc");

    private static final int STANDARD_STREAMS = 2;

    private UsedFiles() {}

    /** Notes a line {@code file.N=SIZE TIME PATH} for each, with seconds since 1970, or a dash where the process writes the file. */
    static void note(long pid, List<Descriptor> descriptors, Set<String> reopened, Map<String, String> manifest)
            throws IOException {
        var files = MappedFiles.withWritten(pid);
        for (var descriptor : descriptors) {
            if (descriptor.number() > STANDARD_STREAMS && descriptor.isRegularFile() && descriptor.links() > 0) {
                int flags = descriptor.flags(pid);
                var file = Path.of(descriptor.target());
                if (AppendedFiles.appends(flags) || reopened.contains(descriptor.target())) {
                    files.remove(file);
                } else {
                    files.merge(file, AppendedFiles.writes(flags), Boolean::logicalOr);
                }
            }
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
}
