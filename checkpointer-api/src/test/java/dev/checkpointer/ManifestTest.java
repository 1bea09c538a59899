package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.checkpointer.engine.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    @TempDir
    private Path directory;

    private Path file(String text) throws Exception {
        return Files.writeString(directory.resolve("manifest"), text);
    }

    private ImageException failure(String text) throws Exception {
        var file = file(text);
        return assertThrows(ImageException.class, () -> Manifest.read(file));
    }

    @Test
    void comesBackAsItWasWritten() throws Exception {
        var values = new LinkedHashMap<String, String>();
        values.put("pid", "42");
        values.put("perfdata", "/tmp/hsperfdata_müller/ 42=x ");
        values.put("empty", "");
        var file = directory.resolve("manifest");
        Manifest.of(values).write(file);
        assertEquals("format=1\npid=42\nperfdata=/tmp/hsperfdata_müller/ 42=x \nempty=\n", Files.readString(file));
        var manifest = Manifest.read(file);
        assertEquals(Optional.of("/tmp/hsperfdata_müller/ 42=x "), manifest.get("perfdata"));
        assertEquals(Optional.of(""), manifest.get("empty"));
        assertEquals(Optional.of("1"), manifest.get("format"));
        assertEquals(Optional.empty(), manifest.get("none"));
    }

    @Test
    void aValueStaysOneLine() throws Exception {
        var file = directory.resolve("manifest");
        Manifest.of(Map.of("java", "a\nformat=9\rb\tc\u0000d\u0085e\uD83D\uDE00"))
                .write(file);
        assertEquals("format=1\njava=a?format=9?b?c?d?e\uD83D\uDE00\n", Files.readString(file));
        assertEquals(
                Optional.of("a?format=9?b?c?d?e\uD83D\uDE00"),
                Manifest.read(file).get("java"));
    }

    @Test
    void replacesTheFile() throws Exception {
        var file = file("x".repeat(1000));
        Manifest.of(Map.of()).write(file);
        assertEquals("format=1\n", Files.readString(file));
    }

    @Test
    void passesOverLinesWithoutAKey() throws Exception {
        var manifest = Manifest.read(file("format=1\n\nnothing\n=value\na=b=c\n"));
        assertEquals(Optional.of("b=c"), manifest.get("a"));
        assertEquals(Optional.empty(), manifest.get(""));
    }

    @Test
    void aNewerFormatIsRefusedWithTheVersionThatReadsIt() throws Exception {
        var e = failure("format=2\ncheckpointer=3.1\n");
        assertEquals(FailureKind.IMAGE_REFUSED, e.kind());
        assertEquals(
                directory.resolve("manifest") + " has format 2, this version of checkpointer reads up to 1."
                        + " Restore with checkpointer 3.1 or later",
                e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "pid=1\n", "format=\n", "format=one\n", "format=-1\n", "format=99999999999\n", "#!/bin/sh\n"
            })
    void aFileWithoutAFormatIsNoManifest(String text) throws Exception {
        var e = failure(text);
        assertEquals(FailureKind.IMAGE_INCOMPLETE, e.kind());
        assertEquals("Make the checkpoint again", e.remedy());
    }

    @Test
    void aMissingFileIsNamed() {
        var file = directory.resolve("none/manifest");
        var e = assertThrows(ImageException.class, () -> Manifest.read(file));
        assertEquals(FailureKind.IMAGE_INCOMPLETE, e.kind());
        assertEquals("there is no " + file + ". Name the directory of a finished image", e.getMessage());
    }

    @Test
    void bytesThatAreNoTextAreNoManifest() throws Exception {
        var file = Files.write(directory.resolve("manifest"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertEquals(
                FailureKind.IMAGE_INCOMPLETE,
                assertThrows(ImageException.class, () -> Manifest.read(file)).kind());
    }
}
