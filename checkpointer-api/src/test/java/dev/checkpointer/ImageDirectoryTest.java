package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDirectoryTest {
    private static final Manifest DRAFT = Manifest.of(Map.of("pid", "1"));

    @TempDir
    private Path parent;

    private Path target;

    @BeforeEach
    void name() {
        target = parent.resolve("image");
    }

    private void files(String... names) throws IOException {
        Files.createDirectories(target);
        for (var name : names) {
            Files.writeString(target.resolve(name), "x");
        }
    }

    private static TreeSet<String> names(Path directory) throws IOException {
        var names = new TreeSet<String>();
        try (var entries = Files.list(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        return names;
    }

    private ImageException refusal(boolean overwrite) {
        return assertThrows(ImageException.class, () -> ImageDirectory.check(target, overwrite));
    }

    private void draftOf(long pid, long start) throws IOException {
        Files.createDirectories(target);
        Manifest.of(Map.of("pid", Long.toString(pid), "pid.start", Long.toString(start)))
                .write(target.resolve(Manifest.DRAFT));
    }

    @ParameterizedTest
    @CsvSource({"/a/%p,/a/77", "/a/%t-%p,/a/1000-77", "/100%%/%%p,/100%/%p", "/a/b/../c,/a/c", "/plain,/plain"})
    void expandsPidTimeAndPercent(String pattern, String expected) throws Exception {
        assertEquals(Path.of(expected), ImageDirectory.expand(Path.of(pattern), 77, Instant.ofEpochSecond(1000)));
    }

    @Test
    void expandsToAnAbsolutePath() throws Exception {
        assertEquals(Path.of("x").toAbsolutePath(), ImageDirectory.expand(Path.of("x"), 1, Instant.EPOCH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/%q", "/a/%", "/a/% p", "/a%P"})
    void refusesOtherPercentSigns(String pattern) {
        var e = assertThrows(ImageException.class, () -> ImageDirectory.expand(Path.of(pattern), 1, Instant.EPOCH));
        assertTrue(e.getMessage().contains("'" + pattern + "'"), e.getMessage());
        assertEquals("Write %% for a percent sign", e.remedy());
    }

    @Test
    void takesAnAbsentDirectoryAndDoesNotCreateItBeforeItIsPrepared() throws Exception {
        var directory = ImageDirectory.check(target, false);
        assertFalse(Files.exists(target));
        assertEquals(target, directory.target());
        assertEquals(target, directory.staging());
    }

    @Test
    void takesAnEmptyDirectoryOrTheRootOfAFileSystem() throws Exception {
        files();
        assertEquals(target, ImageDirectory.check(target, false).staging());
        Files.createDirectory(target.resolve("lost+found"));
        assertEquals(target, ImageDirectory.check(target, false).staging());
    }

    @Test
    void preDumpBelongsToAnImageAndForeignFilesInItDoNot() throws Exception {
        files("core-1.img");
        Files.createSymbolicLink(target.resolve("parent"), Path.of("predump"));
        var preDump = Files.createDirectory(target.resolve("predump"));
        Files.writeString(preDump.resolve("pages-1.img"), "x");
        Files.writeString(preDump.resolve("stats-dump"), "x");
        var directory = ImageDirectory.check(target, false);
        directory.prepare(DRAFT);
        assertEquals(List.of("manifest.part"), List.copyOf(names(target)));
        Files.delete(target.resolve("manifest.part"));
        Files.createDirectory(preDump);
        Files.writeString(preDump.resolve("letter.txt"), "x");
        assertTrue(refusal(false).getMessage().contains("holds 'letter.txt'"));
    }

    @Test
    void takesTheRemainsOfAnUnfinishedImage() throws Exception {
        files("core-1.img", "stats-dump", "perfdata", "dump.log", "dump.out", "dump.hook");
        assertEquals(target, ImageDirectory.check(target, false).staging());
    }

    @Test
    void replacesAFinishedImageOnlyWhenTold() throws Exception {
        files("core-1.img", "manifest");
        var e = refusal(false);
        assertTrue(e.getMessage().startsWith(target + " already holds a finished image. "), e.getMessage());
        assertEquals(
                parent.resolve("image.new"), ImageDirectory.check(target, true).staging());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesForeignFiles(boolean overwrite) throws Exception {
        files("manifest", "important.txt");
        assertTrue(refusal(overwrite).getMessage().contains("'important.txt', which does not belong to an image"));
    }

    @Test
    void refusesForeignFilesInTheStagingDirectory() throws Exception {
        files("manifest");
        Files.createDirectory(parent.resolve("image.new"));
        Files.writeString(parent.resolve("image.new/notes"), "x");
        assertTrue(refusal(true).getMessage().startsWith(parent.resolve("image.new") + " holds 'notes'"));
    }

    @Test
    void refusesAFile() throws Exception {
        Files.writeString(target, "x");
        assertEquals(
                target + " is not a directory. Set checkpointer.image to a directory",
                refusal(false).getMessage());
    }

    @Test
    void refusesWhatALiveProcessWrites() throws Exception {
        long pid = ProcessHandle.current().parent().orElseThrow().pid();
        draftOf(pid, ProcStat.read(pid).orElseThrow().startTime());
        var e = refusal(false);
        assertEquals(FailureKind.NOT_WRITABLE, e.kind());
        assertTrue(e.getMessage().contains("a checkpoint of process " + pid + " is under way"), e.getMessage());
    }

    @Test
    void takesWhatAProcessThatIsGoneLeftBehind() throws Exception {
        long pid = ProcessHandle.current().parent().orElseThrow().pid();
        draftOf(pid, ProcStat.read(pid).orElseThrow().startTime() + 1); // the PID was taken again
        assertEquals(target, ImageDirectory.check(target, false).staging());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "form", "format=1\n", "format=1\npid=\n", "format=1\npid=99999999999999999999\n"})
    void takesADraftThatBrokeOff(String draft) throws Exception {
        files();
        Files.writeString(target.resolve(Manifest.DRAFT), draft);
        assertEquals(target, ImageDirectory.check(target, false).staging());
    }

    @Test
    void preparesADirectoryForItsOwnerAlone() throws Exception {
        target = parent.resolve("a/b/image");
        ImageDirectory.check(target, false).prepare(DRAFT);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
        assertEquals("format=1\npid=1\n", Files.readString(target.resolve(Manifest.DRAFT)));
    }

    @Test
    void preparesByRemovingRemainsAndNothingElse() throws Exception {
        files("core-1.img", "stats-dump", "dump.log", "perfdata");
        Files.createDirectory(target.resolve("lost+found"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        ImageDirectory.check(target, false).prepare(DRAFT);
        assertEquals(new TreeSet<>(List.of("lost+found", "manifest.part")), names(target));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    }

    @Test
    void saysWhyItCannotPrepare() throws Exception {
        Files.writeString(parent.resolve("file"), "x");
        target = parent.resolve("file/image");
        var directory = ImageDirectory.check(target, false);
        var e = assertThrows(ImageException.class, () -> directory.prepare(DRAFT));
        assertEquals(FailureKind.NOT_WRITABLE, e.kind());
        assertTrue(e.getMessage().startsWith("cannot write the image directory " + target + ": "), e.getMessage());
    }

    @Test
    void aFullFileSystemIsAKindOfItsOwn() {
        var e = ImageDirectory.notWritable(target, new IOException("No space left on device"));
        assertEquals(FailureKind.NO_SPACE, e.kind());
        assertTrue(e.getMessage().startsWith("no space left for the image in " + target + ". Make room"));
    }

    @Test
    void discardsAllButTheLog() throws Exception {
        var directory = ImageDirectory.check(target, false);
        directory.prepare(DRAFT);
        files("core-1.img", "stats-dump", "dump.log", "perfdata");
        directory.discard();
        assertEquals(new TreeSet<>(List.of("dump.log")), names(target));
    }

    @Test
    void discardsTheDirectoryThatItCreated() throws Exception {
        var directory = ImageDirectory.check(target, false);
        directory.prepare(DRAFT);
        files("core-1.img");
        directory.discard();
        assertFalse(Files.exists(target));
    }

    @Test
    void keepsTheDirectoryThatWasThere() throws Exception {
        files();
        var directory = ImageDirectory.check(target, false);
        directory.prepare(DRAFT);
        directory.discard();
        assertEquals(new TreeSet<>(), names(target));
    }

    @Test
    void discardsNothingOfAFinishedImage() throws Exception {
        files("core-1.img", "manifest");
        var directory = ImageDirectory.check(target, true);
        directory.prepare(DRAFT);
        directory.discard();
        assertEquals(new TreeSet<>(List.of("core-1.img", "manifest")), names(target));
        assertFalse(Files.exists(parent.resolve("image.new")));
    }

    @Test
    void leavesAloneWhatAnotherProcessFinishedMeanwhile() throws Exception {
        var directory = ImageDirectory.check(target, false);
        files("core-1.img", "manifest");
        var e = assertThrows(ImageException.class, () -> directory.prepare(DRAFT));
        assertTrue(e.getMessage().startsWith(target + " already holds a finished image. "), e.getMessage());
        directory.discard();
        assertEquals(new TreeSet<>(List.of("core-1.img", "manifest")), names(target));
    }

    @Test
    void leavesAloneWhatAnotherProcessBeganMeanwhile() throws Exception {
        var directory = ImageDirectory.check(target, false);
        draftOf(1, ProcStat.read(1).orElseThrow().startTime());
        var e = assertThrows(ImageException.class, () -> directory.prepare(DRAFT));
        assertTrue(e.getMessage().contains("a checkpoint of process 1 is under way"), e.getMessage());
        directory.discard();
        assertTrue(Files.exists(target.resolve(Manifest.DRAFT)));
    }

    @Test
    void replacesTheImageAndNotTheLinkToIt() throws Exception {
        files("core-1.img", "manifest");
        var link = Files.createSymbolicLink(parent.resolve("link"), target);
        var directory = ImageDirectory.check(link, true);
        assertEquals(target.toRealPath(), directory.target());
        assertEquals(target.toRealPath().resolveSibling("image.new"), directory.staging());
    }
}
