package dev.checkpointer.manager.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that somebody made by hand. */
class HostileArchiveTest {
    private static final byte[] IMAGE_MANIFEST = SmallImage.text("format=1\npid=12\nimage.core-12.img=9\n");
    private static final byte[] CORE = SmallImage.text("registers");

    @TempDir
    Path directory;

    private interface Content {
        void to(TarArchiveOutputStream tar) throws IOException;
    }

    private static byte[] zstd(OutputStreamTask task) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZstdOutputStreamNoFinalizer(bytes)) {
            task.to(out);
        }
        return bytes.toByteArray();
    }

    private interface OutputStreamTask {
        void to(OutputStream out) throws IOException;
    }

    private static byte[] tar(Content content) throws IOException {
        return zstd(out -> {
            var tar = new TarArchiveOutputStream(out);
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            content.to(tar);
            tar.finish();
        });
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /** What the next header has besides its own fields. */
    private static void addExtension(TarArchiveOutputStream tar, Map<String, String> fields) throws IOException {
        var text = new StringBuilder();
        fields.forEach((name, value) -> {
            int length = name.length() + value.length() + 3;
            text.append(length + Integer.toString(length + 2).length()).append(' ');
            text.append(name).append('=').append(value).append('\n');
        });
        var entry = new TarArchiveEntry("extension", TarConstants.LF_PAX_EXTENDED_HEADER_LC);
        entry.setSize(text.length());
        tar.putArchiveEntry(entry);
        tar.write(SmallImage.text(text.toString()));
        tar.closeArchiveEntry();
    }

    private static Map<String, Object> file(String name, byte[] bytes) {
        var hash = new Hash();
        hash.add(bytes, bytes.length);
        return file(name, bytes.length, hash.finish());
    }

    private static Map<String, Object> file(String name, long size, String hash) {
        var file = new LinkedHashMap<String, Object>();
        file.put("name", name);
        file.put("size", size);
        file.put("sha256", hash);
        file.put("mode", "600");
        return file;
    }

    @SafeVarargs
    private static byte[] manifest(Map<String, Object>... more) throws IOException {
        var files = new ArrayList<Map<String, Object>>();
        files.add(file("manifest", IMAGE_MANIFEST));
        files.add(file("core-12.img", CORE));
        for (var file : more) {
            files.add(file);
        }
        return JSON.std.asBytes(Map.of("format", 1, "metadata", Map.of(), "files", files));
    }

    /** A good archive, and something more in its manifest and behind its files. */
    private static byte[] withMore(byte[] manifest, Content more) throws IOException {
        return tar(tar -> {
            add(tar, ArchiveManifest.NAME, manifest);
            add(tar, "manifest", IMAGE_MANIFEST);
            add(tar, "core-12.img", CORE);
            more.to(tar);
        });
    }

    private String refused(byte[] archive) throws IOException {
        var target = directory.resolve("below/target");
        Files.createDirectories(target.getParent());
        var failure = assertThrows(
                ManagerException.class,
                () -> ImageArchive.read(
                        new ByteArrayInputStream(archive), target, SmallImage.LIMITS, Optional.empty()));
        assertEquals(Kind.INVALID, failure.kind(), failure.getMessage());
        assertEquals(List.of("below"), SmallImage.names(directory));
        return failure.getMessage();
    }

    @Test
    void whatTheseTestsBuildOnIsTaken() throws Exception {
        var target = directory.resolve("target");
        SmallImage.unpack(withMore(manifest(), tar -> {}), target, Optional.empty());
        assertEquals(List.of("core-12.img", "manifest"), SmallImage.names(target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../core-1.img",
                "predump/../../core-1.img",
                "/tmp/core-1.img",
                "//core-1.img",
                "./core-1.img",
                "a/core-1.img",
                "predump/a/core-1.img",
                "predump//core-1.img",
                "predump",
                "parent",
                "..",
                ".",
                "",
                "core-1.img/",
                "core-1.img\u0000.txt",
                "core-1.img\n",
                "dump.hook",
                "manifest.part",
                "predump/manifest",
                "checkpointer-archive.json",
                "..\\core-1.img",
                ".img",
                "k\u00f6rn.img"
            })
    void aNameThatNoImageHasIsRefused(String name) throws Exception {
        // Once with a manifest that has it, once with one that has not.
        var empty = new byte[0];
        var text = refused(withMore(manifest(file(name, empty)), tar -> add(tar, name, empty)));
        assertTrue(text.contains("which belongs to no image"), text);
        refused(withMore(manifest(), tar -> add(tar, name, empty)));
    }

    @ParameterizedTest
    @CsvSource({
        "1, a hard link",
        "2, a symbolic link",
        "3, a device",
        "4, a device",
        "5, a directory",
        "6, a named pipe",
        "7, something else",
        "V, something else"
    })
    void whatIsNoFileIsRefused(char type, String kind) throws Exception {
        for (var linkTarget : List.of("core-12.img", "/etc/passwd", "../../x")) {
            var archive = withMore(manifest(file("mm-1.img", new byte[0])), tar -> {
                var entry = new TarArchiveEntry("mm-1.img", (byte) type);
                entry.setLinkName(linkTarget);
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            });
            var message = refused(archive);
            assertTrue(message.contains("as " + kind + ", where an image has files alone"), message);
        }
    }

    @Test
    void aNameInAnExtensionOfTheHeaderIsLookedAtToo() throws Exception {
        for (var name : List.of("../mm-1.img", "/tmp/mm-1.img", "predump/../../mm-1.img")) {
            refused(withMore(manifest(file("mm-1.img", CORE)), tar -> {
                addExtension(tar, Map.of("path", name + ".txt"));
                add(tar, "mm-1.img", CORE);
            }));
        }
        assertEquals(
                "the archive is damaged: mm-1.img has 1099511627776 bytes, its manifest says 9",
                refused(withMore(manifest(file("mm-1.img", CORE)), tar -> {
                    addExtension(tar, Map.of("size", Long.toString(1L << 40)));
                    add(tar, "mm-1.img", CORE);
                })));
    }

    /** A link first, and then a file that would be written through it. */
    @Test
    void nothingIsWrittenThroughALink() throws Exception {
        refused(tar(tar -> {
            add(tar, ArchiveManifest.NAME, manifest(file("predump/mm-1.img", CORE)));
            var entry = new TarArchiveEntry("predump", TarConstants.LF_SYMLINK);
            entry.setLinkName(directory.toString());
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
            add(tar, "predump/mm-1.img", CORE);
        }));
    }

    @Test
    void sparseFilesAreRefused() throws Exception {
        var archive = withMore(manifest(file("mm-1.img", CORE)), tar -> {
            addExtension(tar, Map.of("GNU.sparse.size", "9", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,9"));
            add(tar, "mm-1.img", CORE);
        });
        assertTrue(refused(archive).contains("as a sparse file"));
    }

    @Test
    void aFileThatIsThereTwiceIsRefused() throws Exception {
        assertEquals(
                "the archive is damaged: it has core-12.img twice",
                refused(withMore(manifest(), tar -> add(tar, "core-12.img", CORE))));
        assertEquals(
                "the archive is damaged: its manifest has core-12.img twice",
                refused(withMore(manifest(file("core-12.img", CORE)), tar -> {})));
    }

    @Test
    void filesAndManifestMustAgree() throws Exception {
        assertEquals(
                "the archive is damaged: mm-1.img is not in its manifest",
                refused(withMore(manifest(), tar -> add(tar, "mm-1.img", CORE))));
        assertEquals(
                "the archive is damaged: mm-1.img is missing",
                refused(withMore(manifest(file("mm-1.img", CORE)), tar -> {})));
        var longer = SmallImage.text("registers and more");
        assertEquals(
                "the archive is damaged: mm-1.img has 18 bytes, its manifest says 9",
                refused(withMore(manifest(file("mm-1.img", CORE)), tar -> add(tar, "mm-1.img", longer))));
        assertEquals(
                "the archive is damaged: mm-1.img has 9 bytes, its manifest says 18",
                refused(withMore(manifest(file("mm-1.img", longer)), tar -> add(tar, "mm-1.img", CORE))));
        assertEquals(
                "the archive is damaged: mm-1.img has another content than its manifest says",
                refused(withMore(
                        manifest(file("mm-1.img", CORE)), tar -> add(tar, "mm-1.img", SmallImage.text("Registers")))));
    }

    @Test
    void anImageThatIsNotWholeByItsOwnManifestIsRefused() throws Exception {
        var short1 = SmallImage.text("short");
        assertTrue(refused(tar(tar -> {
                    var files = List.of(file("manifest", IMAGE_MANIFEST), file("core-12.img", short1));
                    add(tar, ArchiveManifest.NAME, json(Map.of("format", 1, "metadata", Map.of(), "files", files)));
                    add(tar, "manifest", IMAGE_MANIFEST);
                    add(tar, "core-12.img", short1);
                }))
                .endsWith("core-12.img has not the size of 9 bytes that it had when the image was finished"));
        var noManifest = SmallImage.text("nothing=1\n");
        assertTrue(refused(tar(tar -> {
                    var files = List.of(file("manifest", noManifest));
                    add(tar, ArchiveManifest.NAME, json(Map.of("format", 1, "metadata", Map.of(), "files", files)));
                    add(tar, "manifest", noManifest);
                }))
                .contains("it has no format number"));
    }

    private static byte[] json(Object document) throws IOException {
        return JSON.std.asBytes(document);
    }

    @Test
    void aManifestThatMakesNoSenseIsRefused() throws Exception {
        var hash = "0".repeat(64);
        var good = List.of(file("manifest", IMAGE_MANIFEST));
        assertManifestRefused(SmallImage.text(""), "damaged");
        assertManifestRefused(SmallImage.text("{\"format\":1,"), "damaged");
        assertManifestRefused(SmallImage.text("[1]"), "damaged");
        assertManifestRefused(SmallImage.text("[".repeat(100_000)), "damaged");
        assertManifestRefused(SmallImage.text("{\"a\":".repeat(100_000)), "damaged");
        assertManifestRefused(json(Map.of("metadata", Map.of(), "files", good)), "no format number");
        assertManifestRefused(json(Map.of("format", 2, "metadata", Map.of(), "files", good)), "newer version");
        assertManifestRefused(json(Map.of("format", 1, "files", good)), "no metadata");
        assertManifestRefused(json(Map.of("format", 1, "metadata", List.of(), "files", good)), "no metadata");
        assertManifestRefused(json(Map.of("format", 1, "metadata", Map.of())), "no list of files");
        assertManifestRefused(json(Map.of("format", 1, "metadata", Map.of(), "files", List.of())), "was not finished");
        assertManifestRefused(manifest(file("mm-1.img", -1, hash)), "no name, size, hash or mode");
        assertManifestRefused(manifest(file("mm-1.img", 1, "0")), "no name, size, hash or mode");
        assertManifestRefused(manifest(Map.of("name", "mm-1.img")), "no name, size, hash or mode");
        assertManifestRefused(
                manifest(file("mm-1.img", Long.MAX_VALUE, hash), file("mm-2.img", Long.MAX_VALUE, hash)),
                "more bytes than there can be");
        for (var parent : List.of("predump", "../other", "/", 1)) {
            assertManifestRefused(
                    json(Map.of("format", 1, "metadata", Map.of(), "parent", parent, "files", good)),
                    "builds on another one");
        }
    }

    private void assertManifestRefused(byte[] manifest, String why) throws IOException {
        var message = refused(tar(tar -> add(tar, ArchiveManifest.NAME, manifest)));
        assertTrue(message.contains(why), message);
    }

    @Test
    void aTarOfSomethingElseIsNoArchive() throws Exception {
        var why = "this is no archive of checkpointer: its first file is not checkpointer-archive.json";
        assertEquals(why, refused(tar(tar -> add(tar, "readme", CORE))));
        assertEquals(why, refused(tar(tar -> {})));
        assertEquals(why, refused(tar(tar -> {
            add(tar, "manifest", IMAGE_MANIFEST);
            add(tar, ArchiveManifest.NAME, manifest());
        })));
        refused(zstd(out -> out.write(SmallImage.text("no tar".repeat(1000)))));
        refused(zstd(out -> {}));
    }

    @Test
    void somethingBehindTheEndOfTheTarIsRefused() throws Exception {
        for (int zeros : new int[] {0, 512, 1 << 20}) {
            var archive = zstd(out -> {
                var tar = new TarArchiveOutputStream(out);
                add(tar, ArchiveManifest.NAME, manifest());
                add(tar, "manifest", IMAGE_MANIFEST);
                add(tar, "core-12.img", CORE);
                tar.finish();
                out.write(new byte[zeros]);
                out.write(1);
            });
            assertEquals("the archive is damaged: there is something behind its end", refused(archive));
        }
    }

    @Test
    void anEndWithoutItsSecondRecordIsNotFilledWithSomethingElse() throws Exception {
        var archive = zstd(out -> {
            var whole = new ByteArrayOutputStream();
            var tar = new TarArchiveOutputStream(whole);
            add(tar, ArchiveManifest.NAME, manifest());
            add(tar, "manifest", IMAGE_MANIFEST);
            add(tar, "core-12.img", CORE);
            tar.finish();
            var bytes = whole.toByteArray();
            bytes[bytes.length - 100] = 'x';
            out.write(bytes);
        });
        assertEquals("the archive is damaged: there is something behind its end", refused(archive));
    }

    /** Gigabytes of zeros in an archive of kilobytes. */
    @Test
    void bombsAreNotUnpacked() throws Exception {
        var memory = 1L << 30;
        var manifest = refused(bomb(ArchiveManifest.NAME, TarConstants.LF_NORMAL, memory));
        assertEquals("the archive is damaged: its manifest has " + memory + " bytes", manifest);
        for (byte extension : new byte[] {
            TarConstants.LF_GNUTYPE_LONGNAME,
            TarConstants.LF_GNUTYPE_LONGLINK,
            TarConstants.LF_PAX_EXTENDED_HEADER_LC,
            TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
        }) {
            var header = refused(bomb("core-1.img", extension, memory));
            assertTrue(header.contains("a header"), header);
        }
        var undeclared = refused(zstd(out -> {
            var tar = new TarArchiveOutputStream(out);
            add(tar, ArchiveManifest.NAME, manifest());
            zeros(out, "core-12.img", TarConstants.LF_NORMAL, memory, "");
        }));
        assertEquals("the archive is damaged: core-12.img has " + memory + " bytes, its manifest says 9", undeclared);
    }

    private static byte[] bomb(String name, byte type, long size) throws IOException {
        return zstd(out -> zeros(out, name, type, size, size + " path="));
    }

    /** A file of zeros behind some text. */
    private static void zeros(OutputStream out, String name, byte type, long size, String beginning)
            throws IOException {
        var entry = new TarArchiveEntry(name, type);
        entry.setSize(size);
        var header = new byte[TarConstants.DEFAULT_RCDSIZE];
        entry.writeEntryHeader(header);
        out.write(header);
        out.write(SmallImage.text(beginning));
        var block = new byte[1 << 20];
        for (long done = 0; done < size; done += block.length) {
            out.write(block);
        }
    }

    @Test
    void aFrameThatAsksForMuchMemoryIsRefused() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZstdOutputStreamNoFinalizer(bytes).setLong(27)) {
            out.write(new byte[1 << 10]);
            out.flush();
        }
        assertTrue(refused(bytes.toByteArray()).contains("memory"), refused(bytes.toByteArray()));
    }

    @Test
    void whatIsTooLargeForTheDiskIsNotBegun() throws Exception {
        var target = directory.resolve("target");
        var archive = withMore(manifest(file("pages-1.img", 1L << 60, "0".repeat(64))), tar -> {});
        var failure = assertThrows(
                ManagerException.class,
                () -> ImageArchive.read(
                        new ByteArrayInputStream(archive), target, Limits.ofBytes(Long.MAX_VALUE), Optional.empty()));
        assertEquals(Kind.FAILED, failure.kind());
        assertTrue(failure.getMessage().startsWith("the image needs 1152921504606847"), failure.getMessage());
        assertEquals(List.of(), SmallImage.names(directory));
    }
}
