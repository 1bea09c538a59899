package dev.checkpointer.manager.archive;

import dev.checkpointer.manager.ManagerException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Image directories like those of a checkpoint, only smaller, and what is in a directory. */
final class SmallImage {
    static final Map<String, Object> METADATA =
            Map.of("id", "abc", "spec", Map.of("command", List.of("java", "-jar", "x.jar"), "memory", 12345678901L));

    static final Limits LIMITS = Limits.ofBytes(1L << 32);

    private SmallImage() {}

    /** With CRIU's files in it; an empty one among them. */
    static Path create(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("core-12.img"), "registers");
        Files.write(directory.resolve("fs-12.img"), new byte[0]);
        Files.write(directory.resolve("pages-1.img"), new byte[4096]);
        Files.writeString(directory.resolve("stats-dump"), "statistics");
        Files.writeString(directory.resolve("dump.log"), "(00.000001) Dumping finished successfully\n");
        finish(directory);
        return directory;
    }

    /** Writes the manifest. */
    static void finish(Path directory) throws IOException {
        var text = new StringBuilder("format=1\npid=12\n");
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(path -> path.toString().endsWith(".img"))
                    .sorted()
                    .toList()) {
                text.append("image.%s=%d%n".formatted(directory.relativize(file), Files.size(file)));
            }
        }
        Files.writeString(directory.resolve("manifest"), text);
    }

    static byte[] archive(Path image, Optional<ArchiveKey> key) throws ManagerException {
        var out = new ByteArrayOutputStream();
        ImageArchive.write(image, METADATA, key, out);
        return out.toByteArray();
    }

    static Map<String, Object> unpack(byte[] archive, Path target, Optional<ArchiveKey> key) throws ManagerException {
        return ImageArchive.read(new ByteArrayInputStream(archive), target, LIMITS, key);
    }

    /** Everything below a directory: names, and content or where a link leads. */
    static Map<String, String> content(Path directory) throws IOException {
        var content = new TreeMap<String, String>();
        try (var files = Files.walk(directory)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var name = directory.relativize(file).toString();
                if (Files.isSymbolicLink(file)) {
                    content.put(name, "-> " + Files.readSymbolicLink(file));
                } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    content.put(name + "/", "");
                } else {
                    content.put(name, HexFormat.of().formatHex(Files.readAllBytes(file)));
                }
            }
        }
        return content;
    }

    static List<String> names(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString())
                    .filter(name -> !name.isEmpty())
                    .sorted()
                    .toList();
        }
    }

    static byte[] joined(byte[] first, byte[] second) {
        var all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
