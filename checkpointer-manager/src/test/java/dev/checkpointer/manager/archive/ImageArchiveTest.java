package dev.checkpointer.manager.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageArchiveTest {
    private static final int LARGE = 40 << 20;

    @TempDir
    Path directory;

    private Path image() throws IOException {
        return SmallImage.create(directory.resolve("image"));
    }

    private Path target() {
        return directory.resolve("target");
    }

    private Optional<ArchiveKey> key(boolean encrypted) throws ManagerException {
        return encrypted ? Optional.of(ArchiveKey.create(directory.resolve("key"))) : Optional.empty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anImageComesBackAsItWasWithItsMetadata(boolean encrypted) throws Exception {
        var image = image();
        var key = key(encrypted);
        var metadata = SmallImage.unpack(SmallImage.archive(image, key), target(), key);
        assertEquals(SmallImage.METADATA, metadata);
        assertEquals(SmallImage.content(image), SmallImage.content(target()));
    }

    @Test
    void theMemoryOfAPreDumpComesBackWithItsLink() throws Exception {
        var image = image();
        Files.createDirectory(image.resolve("predump"));
        Files.writeString(image.resolve("predump/pages-1.img"), "memory");
        Files.writeString(image.resolve("predump/dump.log"), "log");
        Files.createSymbolicLink(image.resolve("parent"), Path.of("predump"));
        SmallImage.finish(image);
        SmallImage.unpack(SmallImage.archive(image, Optional.empty()), target(), Optional.empty());
        assertEquals(SmallImage.content(image), SmallImage.content(target()));
        assertEquals("-> predump", SmallImage.content(target()).get("parent"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLargeFileComesBack(boolean encrypted) throws Exception {
        var image = image();
        var memory = new byte[LARGE];
        new Random(1).nextBytes(memory);
        Files.write(image.resolve("pages-1.img"), memory);
        SmallImage.finish(image);
        var key = key(encrypted);
        var archive = directory.resolve("archive");
        try (var out = Files.newOutputStream(archive)) {
            ImageArchive.write(image, Map.of(), key, out);
        }
        try (var in = Files.newInputStream(archive)) {
            assertEquals(Map.of(), ImageArchive.read(in, target(), SmallImage.LIMITS, key));
        }
        assertEquals(-1, Files.mismatch(image.resolve("pages-1.img"), target().resolve("pages-1.img")));
    }

    @Test
    void anImageGivesTheSameArchiveEveryTime() throws Exception {
        var image = image();
        assertArrayEquals(SmallImage.archive(image, Optional.empty()), SmallImage.archive(image, Optional.empty()));
    }

    @Test
    void twoEncryptedArchivesOfAnImageHaveNothingInCommon() throws Exception {
        var image = image();
        var key = key(true);
        var one = SmallImage.archive(image, key);
        var other = SmallImage.archive(image, key);
        assertEquals("checkpointer encrypted archive 1\n", new String(one, 0, 33, StandardCharsets.US_ASCII));
        int same = 0;
        for (int i = 33; i < one.length; i++) {
            same += one[i] == other[i] ? 1 : 0;
        }
        assertTrue(same < one.length / 8, same + " of " + one.length);
    }

    @Test
    void anArchiveWithoutAKeyIsAnOrdinaryTarInZstd() throws Exception {
        var archive = SmallImage.archive(image(), Optional.empty());
        var names = new ArrayList<String>();
        try (var tar = new TarArchiveInputStream(new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                names.add(entry.getName());
                assertEquals("", entry.getUserName());
            }
        }
        assertEquals(
                List.of(
                        "checkpointer-archive.json",
                        "core-12.img",
                        "dump.log",
                        "fs-12.img",
                        "manifest",
                        "pages-1.img",
                        "stats-dump"),
                names);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsImportedIsForItsOwnerAlone(boolean there) throws Exception {
        var image = image();
        Files.setPosixFilePermissions(image.resolve("dump.log"), PosixFilePermissions.fromString("rw-r--r--"));
        if (there) {
            Files.createDirectory(target());
            Files.setPosixFilePermissions(target(), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        SmallImage.unpack(SmallImage.archive(image, Optional.empty()), target(), Optional.empty());
        assertEquals("rwx------", mode(target()));
        for (var name : SmallImage.names(target())) {
            assertEquals("rw-------", mode(target().resolve(name)), name);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void streamsAreReadAndWrittenInSmallPiecesAndNotClosed() throws Exception {
        var bytes = new ByteArrayOutputStream();
        var out = new FilterOutputStream(bytes) {
            private boolean flushed;

            @Override
            public void flush() {
                flushed = true;
            }

            @Override
            public void close() {
                throw new AssertionError("closed");
            }
        };
        ImageArchive.write(image(), Map.of(), Optional.empty(), out);
        assertTrue(out.flushed);
        InputStream in = new FilterInputStream(new ByteArrayInputStream(bytes.toByteArray())) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                return super.read(buffer, offset, Math.min(length, 1));
            }

            @Override
            public void close() {
                throw new AssertionError("closed");
            }
        };
        ImageArchive.read(in, target(), SmallImage.LIMITS, Optional.empty());
        assertEquals(SmallImage.content(directory.resolve("image")), SmallImage.content(target()));
    }

    @Test
    void whatADumpLeavesBehindIsLeftOut() throws Exception {
        var image = image();
        var before = SmallImage.content(image);
        for (var name : List.of("dump.hook", "dump.service", "manifest.hashes", "stats-restore")) {
            Files.writeString(image.resolve(name), "x");
        }
        SmallImage.unpack(SmallImage.archive(image, Optional.empty()), target(), Optional.empty());
        assertEquals(before, SmallImage.content(target()));
    }

    @Test
    void aDirectoryThatIsNoWholeImageIsNotExported() throws Exception {
        assertEquals(
                "the image in " + directory.resolve("image")
                        + " cannot be exported: it holds 'notes', which belongs to no" + " image",
                refused(image -> Files.writeString(image.resolve("notes"), "x")).getMessage());
        assertTrue(refused(image -> Files.delete(image.resolve("core-12.img")))
                .getMessage()
                .endsWith("core-12.img has not the size of 9 bytes that it had when the image was finished"));
        assertTrue(refused(image -> Files.writeString(image.resolve("core-12.img"), "longer than before"))
                .getMessage()
                .contains("core-12.img has not the size of 9 bytes"));
        assertEquals(
                Kind.MISSING,
                refused(image -> Files.delete(image.resolve("manifest"))).kind());
        assertTrue(refused(image -> Files.createSymbolicLink(image.resolve("parent"), Path.of("../other")))
                .getMessage()
                .endsWith("it builds on an image elsewhere"));
        assertTrue(refused(image -> Files.createSymbolicLink(image.resolve("mm-1.img"), Path.of("/etc/passwd")))
                .getMessage()
                .endsWith("mm-1.img is no file"));
        assertTrue(refused(image -> Files.createSymbolicLink(image.resolve("predump"), Path.of("/etc")))
                .getMessage()
                .endsWith("predump/ is no directory"));
        assertTrue(refused(image -> Files.writeString(image.resolve("manifest"), "format=99\n"))
                .getMessage()
                .contains("has format 99"));
    }

    private interface Change {
        void on(Path image) throws IOException;
    }

    private ManagerException refused(Change change) throws IOException {
        for (var name : List.of("notes", "parent", "mm-1.img", "predump")) {
            Files.deleteIfExists(directory.resolve("image").resolve(name));
        }
        var image = image();
        change.on(image);
        var out = new ByteArrayOutputStream();
        var failure =
                assertThrows(ManagerException.class, () -> ImageArchive.write(image, Map.of(), Optional.empty(), out));
        assertEquals(0, out.size());
        return failure;
    }

    @Test
    void anImageThatChangesWhileItIsExportedGivesNoArchive() throws Exception {
        assertChangeIsSeen(image -> Files.writeString(image.resolve("vma-9.img"), "OTHERWISE"));
        assertChangeIsSeen(image -> Files.writeString(image.resolve("vma-9.img"), "longer than before"));
        assertChangeIsSeen(image -> Files.writeString(image.resolve("vma-9.img"), "short"));
        assertChangeIsSeen(image -> Files.delete(image.resolve("vma-9.img")));
    }

    /** The last file changes when the first bytes of the archive go out, which is while a file before it is read again. */
    private void assertChangeIsSeen(Change change) throws Exception {
        var image = image();
        var memory = new byte[LARGE];
        new Random(1).nextBytes(memory);
        Files.write(image.resolve("pages-1.img"), memory);
        Files.writeString(image.resolve("vma-9.img"), "at first.");
        SmallImage.finish(image);
        for (var key : List.of(Optional.<ArchiveKey>empty(), Optional.of(anyKey()))) {
            Files.writeString(image.resolve("vma-9.img"), "at first.");
            var bytes = new ByteArrayOutputStream();
            var out = onFirstWrite(bytes, () -> change.on(image));
            var failure = assertThrows(ManagerException.class, () -> ImageArchive.write(image, Map.of(), key, out));
            assertTrue(failure.getMessage().contains("vma-9.img"), failure.getMessage());
            assertThrows(ManagerException.class, () -> SmallImage.unpack(bytes.toByteArray(), target(), key));
            assertFalse(Files.exists(target()));
        }
    }

    private ArchiveKey anyKey() throws Exception {
        var file = directory.resolve("key");
        return Files.exists(file) ? ArchiveKey.read(file) : ArchiveKey.create(file);
    }

    private interface Task {
        void run() throws IOException;
    }

    private static OutputStream onFirstWrite(OutputStream out, Task task) {
        return new FilterOutputStream(out) {
            private boolean begun;

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (!begun) {
                    begun = true;
                    task.run();
                }
                out.write(bytes, offset, length);
            }
        };
    }

    @Test
    void aFailureOfTheStreamsIsToldAsSuch() throws Exception {
        var image = image();
        var broken = onFirstWrite(OutputStream.nullOutputStream(), () -> {
            throw new IOException("the pipe is gone");
        });
        var written = assertThrows(
                ManagerException.class, () -> ImageArchive.write(image, Map.of(), Optional.empty(), broken));
        assertTrue(written.getMessage().contains("the pipe is gone"), written.getMessage());
        for (var key : List.of(Optional.<ArchiveKey>empty(), Optional.of(anyKey()))) {
            var half = new ByteArrayInputStream(SmallImage.archive(image, key), 0, 200);
            var cut = new InputStream() {
                @Override
                public int read() throws IOException {
                    int b = half.read();
                    if (b < 0) {
                        throw new IOException("the cable is out");
                    }
                    return b;
                }
            };
            var read = assertThrows(
                    ManagerException.class, () -> ImageArchive.read(cut, target(), SmallImage.LIMITS, key));
            assertEquals(Kind.FAILED, read.kind());
            assertEquals("the archive cannot be read: java.io.IOException: the cable is out", read.getMessage());
        }
    }

    @Test
    void aTargetThatIsNotEmptyIsLeftAlone() throws Exception {
        var archive = SmallImage.archive(image(), Optional.empty());
        Files.createDirectory(target());
        Files.writeString(target().resolve("core-12.img"), "other");
        var failure =
                assertThrows(ManagerException.class, () -> SmallImage.unpack(archive, target(), Optional.empty()));
        assertEquals(Kind.CONFLICT, failure.kind());
        assertEquals("other", Files.readString(target().resolve("core-12.img")));
        var link = Files.createSymbolicLink(
                directory.resolve("link"), Files.createDirectory(directory.resolve("elsewhere")));
        assertThrows(ManagerException.class, () -> SmallImage.unpack(archive, link, Optional.empty()));
        assertEquals(List.of(), SmallImage.names(directory.resolve("elsewhere")));
    }

    /** After a power failure nobody takes it for a finished one. */
    @Test
    void theManifestOfTheImageComesLast() throws Exception {
        var image = image();
        var memory = new byte[LARGE];
        new Random(1).nextBytes(memory);
        Files.write(image.resolve("pages-1.img"), memory);
        SmallImage.finish(image);
        var archive = SmallImage.archive(image, Optional.empty());
        var seen = new TreeSet<String>();
        var in = new FilterInputStream(new ByteArrayInputStream(archive)) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (Files.exists(target())) {
                    seen.addAll(SmallImage.names(target()));
                }
                return super.read(buffer, offset, length);
            }
        };
        ImageArchive.read(in, target(), SmallImage.LIMITS, Optional.empty());
        assertTrue(seen.containsAll(List.of("manifest.part", "pages-1.img")), seen.toString());
        assertFalse(seen.contains("manifest"));
        assertFalse(Files.exists(target().resolve("manifest.part")));
    }

    @Test
    void whatIsTooLargeIsNotBegun() throws Exception {
        var image = image();
        var archive = SmallImage.archive(image, Optional.empty());
        long size = 0;
        for (var name : SmallImage.names(image)) {
            size += Files.size(image.resolve(name));
        }
        int files = SmallImage.names(image).size();
        assertLimited(archive, new Limits(size - 1, files, 0), Kind.TOO_LARGE, "more than the " + (size - 1));
        assertLimited(archive, new Limits(size, files - 1, 0), Kind.TOO_LARGE, "more than the " + (files - 1));
        assertLimited(archive, new Limits(size, files, Long.MAX_VALUE / 2), Kind.FAILED, "the image needs " + size);
        ImageArchive.read(new ByteArrayInputStream(archive), target(), new Limits(size, files, 0), Optional.empty());
    }

    private void assertLimited(byte[] archive, Limits limits, Kind kind, String message) {
        var failure = assertThrows(
                ManagerException.class,
                () -> ImageArchive.read(new ByteArrayInputStream(archive), target(), limits, Optional.empty()));
        assertEquals(kind, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertFalse(Files.exists(target()));
    }

    @Test
    void metadataThatNoImportWouldReadAreNotExported() throws Exception {
        var image = image();
        var failure = assertThrows(
                ManagerException.class,
                () -> ImageArchive.write(
                        image,
                        Map.of("text", "x".repeat(17 << 20)),
                        Optional.empty(),
                        OutputStream.nullOutputStream()));
        assertEquals(Kind.TOO_LARGE, failure.kind());
    }
}
