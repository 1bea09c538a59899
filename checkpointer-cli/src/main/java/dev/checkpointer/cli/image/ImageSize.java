package dev.checkpointer.cli.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How large an image is.
 *
 * @param byKind bytes by kind of file
 */
public record ImageSize(Map<String, Long> byKind) {
    private static final int WITH_PRE_DUMP = 2;

    /**
     * Adds up the files of an image.
     *
     * @param image its directory
     * @return the size
     * @throws IOException when the directory cannot be read
     */
    public static ImageSize of(Path image) throws IOException {
        var sizes = new TreeMap<String, Long>();
        try (var files = Files.walk(image, WITH_PRE_DUMP)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                sizes.merge(kind(file.getFileName().toString()), Files.size(file), Long::sum);
            }
        }
        return new ImageSize(sizes);
    }

    private static String kind(String name) {
        if (name.startsWith("pages-")) {
            return "memory";
        }
        if (name.startsWith("ghost-file-")) {
            return "deleted files";
        }
        if (name.equals("perfdata")) {
            return "performance data";
        }
        return name.endsWith(".img") || name.startsWith("stats-") ? "state" : "manifest and log";
    }

    /**
     * All of it.
     *
     * @return a number of bytes
     */
    public long total() {
        return byKind.values().stream().mapToLong(Long::longValue).sum();
    }
}
