package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherPreflightTest extends LauncherFixture {
    private static final int REFUSED = 112;

    private Ended assertRefused(String... messages) throws Exception {
        var ended = run("restore", image.toString());
        assertEquals(REFUSED, ended.status(), ended.errors());
        for (var message : messages) {
            assertTrue(ended.errors().contains(message), ended.errors());
        }
        return ended;
    }

    @Test
    void changedFileOfTheJdkIsNamedUnlessForced() throws Exception {
        editManifest("^file\\.0=\\d+ (\\d+) (.*)$", "file.0=1 $1 $2");
        assertRefused(
                "does not fit this machine", "the JDK in ", "has changed since the checkpoint", "or add --ignore jdk");
        assertEquals(0, run("restore", image.toString(), "--ignore", "cpu,jdk").status());
        assertEquals(2, run("restore", image.toString(), "--ignore", "jdk,").status());
        assertEquals(0, run("restore", image.toString(), "--force").status());
    }

    /** Root restores images of others, and writes a file where the manifest says. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/victim",
                "/hsperfdata_root/../victim",
                "/hsperfdata_root/1/../../victim",
                "/hsperfdata_root/victim",
                "/hsperfdata_root/1/victim"
            })
    void performanceDataGoesNowhereElse(String place) throws Exception {
        var victims = Files.createDirectories(directory.resolve("hsperfdata_root/1"));
        for (var folder : List.of(directory, victims, victims.getParent())) {
            Files.writeString(folder.resolve("victim"), "as it was");
        }
        editManifest("^perfdata=.*$", "perfdata=" + directory + place);
        var ended = assertRefused("has its performance data in " + directory + place, "do not restore it");
        assertEquals(2, ended.errors().lines().count(), ended.errors());
        for (var folder : List.of(directory, victims, victims.getParent())) {
            assertEquals("as it was", Files.readString(folder.resolve("victim")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "^format=.*$ | format=99999999999999999999 | has no format number",
                "^format=.*$ | format=-1 | has no format number",
                "^pid=.*$ | pid=99999999999999999999 | has no PID",
                "^pid=.*$ | pid=1;id | has no PID",
            })
    void manifestWithoutItsNumbersIsNone(String pattern, String line, String message) throws Exception {
        editManifest(pattern, line);
        var ended = run("restore", image.toString());
        assertEquals(111, ended.status(), ended.errors());
        assertTrue(ended.errors().contains(message), ended.errors());
        assertEquals(2, ended.errors().lines().count(), ended.errors());
    }

    @Test
    void manifestThatIsNoFileIsNone() throws Exception {
        Files.delete(image.resolve("manifest"));
        assertEquals(
                0,
                Processes.run(List.of("mkfifo", image.resolve("manifest").toString()))
                        .status());
        var ended = run("restore", image.toString());
        assertEquals(111, ended.status(), ended.errors());
        assertTrue(ended.errors().contains("is not an image of checkpointer"), ended.errors());
    }

    @Test
    void missingFileOfTheJdkIsNamed() throws Exception {
        editManifest("^file\\.0=(\\d+ \\d+) .*$", "file.0=$1 /nowhere/libjvm.so");
        assertRefused("/nowhere/libjvm.so is missing");
    }

    @Test
    void everyDifferenceIsToldAtOnce() throws Exception {
        editManifest("^boot=.*$", "boot=another");
        editManifest("^cpu=", "cpu=fast-feature ");
        editManifest("^kernel=.*$", "kernel=99.1.0");
        editManifest("^engine\\.version=.*$", "engine.version=99.0");
        assertRefused(
                "this processor lacks: fast-feature",
                "is older than 99.1.0, on which the image was written",
                "is older than 99.0, which wrote the image");
    }

    @Test
    void machineThatWasStartedAnewIsAccepted() throws Exception {
        editManifest("^boot=.*$", "boot=another");
        assertEquals(0, run("restore", image.toString()).status());
    }

    @Test
    void fileIsNoTerminalByItsName() throws Exception {
        editManifest("^stdio\\.2=.*$", "stdio.2=ttys/pretty.log");
        var ended = run("restore", image.toString());
        assertEquals(0, ended.status(), ended.errors());
    }

    @Test
    void oldCriuIsRefused() throws Exception {
        var criu = script("old-criu", "#!/bin/sh\necho Version: 3.16.1\n");
        var ended = run("restore", image.toString(), "--criu", criu.toString());
        assertEquals(REFUSED, ended.status());
        assertTrue(ended.errors().contains("CRIU 3.16.1 (" + criu + ") is older than 3.17"), ended.errors());
    }

    @Test
    void missingCriuIsRefused() throws Exception {
        var ended = run("restore", image.toString(), "--criu", "/nowhere/criu");
        assertEquals(REFUSED, ended.status());
        assertTrue(ended.errors().contains("/nowhere/criu, which is not an executable file"), ended.errors());
    }

    @Test
    void imageOfANewerVersionSaysSo() throws Exception {
        editManifest("^format=1$", "format=2");
        editManifest("^checkpointer=.*$", "checkpointer=9.9");
        assertRefused(
                "has format 2, this version of checkpointer reads up to 1", "Restore with checkpointer 9.9 or later");
    }

    @Test
    void unknownChoiceOfTheClockIsRefused() throws Exception {
        editManifest("^time=.*$", "time=later");
        var ended = run("restore", image.toString());
        assertEquals(111, ended.status(), ended.errors());
        assertTrue(ended.errors().contains("time=later, which is not auto, continue or elapsed"), ended.errors());
    }

    @Test
    void anotherUserIsRefused() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "becoming another user needs root");
        // The way to the image has to be open, or the user would not even see it.
        for (Path path = directory;
                path.startsWith(Path.of(System.getProperty("java.io.tmpdir")));
                path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        var refused = asNobody();
        assertEquals(REFUSED, refused.status(), refused.output());
        assertTrue(refused.output().contains("this user may not read " + image), refused.output());

        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwxr-xr-x"));
        refused = asNobody();
        assertEquals(REFUSED, refused.status(), refused.output());
        assertTrue(refused.output().contains("belongs to another user"), refused.output());
    }

    private Processes.Result asNobody() throws Exception {
        return Processes.run(List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                LAUNCHER.toString(),
                "restore",
                image.toString()));
    }
}
