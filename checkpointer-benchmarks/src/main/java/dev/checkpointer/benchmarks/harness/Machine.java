package dev.checkpointer.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** What figures depend on. */
public final class Machine {
    private Machine() {}

    /**
     * Facts of this machine, without its name.
     *
     * @return for a file
     * @throws IOException when {@code /proc} cannot be read
     */
    public static Map<String, Object> facts() throws IOException {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put("processor", line("/proc/cpuinfo", "model name"));
        facts.put("memory", line("/proc/meminfo", "MemTotal"));
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("java", System.getProperty("java.runtime.version"));
        return facts;
    }

    /**
     * How much memory is free for programs.
     *
     * @return bytes
     * @throws IOException when {@code /proc} cannot be read
     */
    public static long availableMemory() throws IOException {
        return Long.parseLong(line("/proc/meminfo", "MemAvailable").replaceAll("[^0-9]", "")) * 1024;
    }

    private static String line(String file, String key) throws IOException {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("");
        }
    }
}
