package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that services write to. */
class LogsTest {
    private static final int LIMIT = 10;

    @TempDir
    Path directory;

    @Test
    void longFileIsEmptiedUnderItsWriter() throws IOException {
        var logs = new Logs(directory, LIMIT);
        try (var writer = new FileOutputStream(logs.output(), true)) {
            for (int i = 0; i < 7; i++) {
                writer.write(("long line " + i + "\n").getBytes());
                logs.rotate();
            }
            writer.write("new\n".getBytes());
        }
        assertEquals("new\n", Files.readString(logs.output().toPath()));
        assertEquals("long line 6\n", Files.readString(directory.resolve("out.log.1")));
        assertEquals("long line 3\n", Files.readString(directory.resolve("out.log.4")));
        assertFalse(Files.exists(directory.resolve("out.log.5")));
    }

    @Test
    void shortFileStays() throws IOException {
        var logs = new Logs(directory, LIMIT);
        Files.writeString(logs.errors().toPath(), "short\n");
        logs.rotate();
        assertEquals("short\n", Files.readString(logs.errors().toPath()));
        assertFalse(Files.exists(directory.resolve("err.log.1")));
    }

    @Test
    void lastErrorsBeginWithALine() throws IOException {
        var logs = new Logs(directory, LIMIT);
        Files.writeString(logs.errors().toPath(), "first\nsecond\nthird\n");
        assertEquals("second\nthird", logs.lastErrors(15));
        assertEquals("first\nsecond\nthird", logs.lastErrors(100));
    }
}
