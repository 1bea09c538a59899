package dev.checkpointer.internal.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * How much memory this JVM has, in bytes.
 *
 * @param heap what the heap has of the system, live or not
 * @param resident what the kernel counts for the process, libraries and mapped files included; 0 when it does not tell
 */
record MemorySizes(long heap, long resident) {
    private static final String RESIDENT = "VmRSS:";

    static MemorySizes now() {
        return new MemorySizes(Runtime.getRuntime().totalMemory(), residentNow());
    }

    private static long residentNow() {
        try (var lines = Files.lines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                            .map(line -> line.substring(RESIDENT.length())
                                    .replace("kB", "")
                                    .strip())
                            .mapToLong(Long::parseLong)
                            .findFirst()
                            .orElse(0)
                    * 1024;
        } catch (IOException e) {
            return 0;
        }
    }

    void note(String when, Map<String, String> manifest) {
        manifest.put("heap." + when, Long.toString(heap));
        manifest.put("resident." + when, Long.toString(resident));
    }
}
