package dev.checkpointer.manager;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;

/** JSON documents in files, each there as a whole or not at all, also after a power failure. For the daemon's user alone. */
final class Documents {
    static final JSON JSON_FORMAT = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private Documents() {}

    static void write(Path file, Map<String, ?> document) throws IOException {
        var draft = file.resolveSibling(file.getFileName() + ".new");
        var options =
                EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var bytes = ByteBuffer.wrap(JSON_FORMAT.asString(document).getBytes(StandardCharsets.UTF_8));
        try (var channel = FileChannel.open(draft, options, mode)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static Map<String, Object> read(Path file) throws IOException {
        return JSON_FORMAT.mapFrom(Files.readString(file));
    }

    /** Of a new directory. */
    static Path directory(Path directory) throws IOException {
        return Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Also when it is not there. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (var files = Files.newDirectoryStream(directory)) {
                for (var file : files) {
                    delete(file);
                }
            }
        }
        Files.delete(directory);
    }
}
