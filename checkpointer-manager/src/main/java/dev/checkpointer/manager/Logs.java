package dev.checkpointer.manager;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What a service wrote to its standard output and error. Its program has the files open to append, from its start through every
 * dump and restore; one that has grown too long is copied and then emptied.
 */
final class Logs {
    private static final int KEPT = 4;

    private final Path directory;
    private final long limit;

    /** With the length in bytes beyond which a file is rotated. */
    Logs(Path directory, long limit) {
        this.directory = directory;
        this.limit = limit;
    }

    File output() {
        return directory.resolve("out.log").toFile();
    }

    File errors() {
        return directory.resolve("err.log").toFile();
    }

    /** The last bytes of what was written to standard error, from the beginning of a line. */
    String lastErrors(int most) {
        try (var file = new RandomAccessFile(errors(), "r")) {
            long start = Math.max(0, file.length() - most);
            file.seek(start);
            var bytes = new byte[(int) (file.length() - start)];
            file.readFully(bytes);
            var text = new String(bytes, StandardCharsets.UTF_8);
            return (start == 0 ? text : text.substring(text.indexOf('\n') + 1)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Copies and empties what is too long. */
    void rotate() throws IOException {
        rotate(output().toPath());
        rotate(errors().toPath());
    }

    private void rotate(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) <= limit) {
            return;
        }
        for (int i = KEPT - 1; i > 0; i--) {
            var older = numbered(file, i);
            if (Files.exists(older)) {
                Files.move(older, numbered(file, i + 1), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        try (var source = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var target =
                        FileChannel.open(numbered(file, 1), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long copied = 0;
            while (copied < source.size()) {
                copied += source.transferTo(copied, source.size() - copied, target);
            }
            source.truncate(0); // what was written since the last look is lost
        }
    }

    private static Path numbered(Path file, int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }
}
