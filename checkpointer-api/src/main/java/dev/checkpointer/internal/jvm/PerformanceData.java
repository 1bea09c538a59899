package dev.checkpointer.internal.jvm;

import dev.checkpointer.ImageDirectory;
import dev.checkpointer.internal.descriptor.DumpedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The file in {@code /tmp/hsperfdata_USER} that a JVM has mapped. CRIU does not write it to the image since it is a
 * file, but any other JVM of the user removes it once the process is gone; so the image keeps a copy.
 */
final class PerformanceData {
    private PerformanceData() {}

    /** Copies the file of the first JVM, if it has one, and tells the manifest where it belongs. */
    static void keep(List<DumpedProcess> processes, Path imageDirectory, Map<String, String> manifest)
            throws IOException {
        var file = find(processes);
        if (file.isPresent()) {
            Files.copy(
                    file.get(),
                    imageDirectory.resolve(ImageDirectory.PERFORMANCE_DATA),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
            manifest.put("perfdata", file.get().toString());
        }
    }

    private static Optional<Path> find(List<DumpedProcess> processes) {
        return processes.stream()
                .flatMap(process -> process.mapped().keySet().stream())
                .filter(path -> path.toString().contains("/hsperfdata_"))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
