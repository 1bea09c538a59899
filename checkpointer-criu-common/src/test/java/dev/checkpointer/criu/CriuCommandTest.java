package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks for scripts that answer as criu does. */
class CriuCommandTest {
    private static final String REMEDY =
            ". Run bin/setup, or install CRIU 4.2 or later and name it with checkpointer.criu";

    @TempDir
    private Path directory;

    private Path script(String path, String body) throws IOException {
        var file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
        return file;
    }

    private Path criu(String path, String version) throws IOException {
        return script(path, "[ \"$1\" = --version ] && echo Version: " + version + " && echo GitID: v" + version);
    }

    /** The prefix is always set, so that a CRIU of this machine's own is not found. */
    private Settings settings(Path criu) {
        var prefix = directory.resolve("prefix").toString();
        return Settings.of(
                criu == null
                        ? Map.of("checkpointer.prefix", prefix)
                        : Map.of("checkpointer.prefix", prefix, "checkpointer.criu", criu.toString()),
                Map.of());
    }

    private EngineException failure(Path criu, String searchPath) {
        var e = assertThrows(EngineException.class, () -> CriuCommand.find(settings(criu), searchPath));
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        return e;
    }

    @Test
    void theSettingComesBeforeThePrefixBeforeThePath() throws Exception {
        var named = criu("a/my-criu", "4.3");
        var prefix = criu("prefix/bin/criu", "4.2");
        var first = criu("one/criu", "4.1");
        criu("two/criu", "4.0");
        var path = "relative::" + directory.resolve("none") + ":" + directory.resolve("one") + ":"
                + directory.resolve("two");
        assertEquals(new CriuCommand(named, new CriuVersion(4, 3, 0)), CriuCommand.find(settings(named), path));
        assertEquals(new CriuCommand(prefix, new CriuVersion(4, 2, 0)), CriuCommand.find(settings(null), path));
        Files.delete(prefix);
        assertEquals(new CriuCommand(first, new CriuVersion(4, 1, 0)), CriuCommand.find(settings(null), path));
    }

    @Test
    void passesOverWhatCannotBeRun() throws Exception {
        Files.createDirectories(directory.resolve("one/criu"));
        assertTrue(criu("two/criu", "4.1").toFile().setExecutable(false));
        var third = criu("three/criu", "4.2");
        var path = directory.resolve("one") + ":" + directory.resolve("two") + ":" + directory.resolve("three");
        assertEquals(third, CriuCommand.find(settings(null), path).path());
    }

    @Test
    void looksAtTheUsualPlacesWithoutAPrefix() {
        var places = CriuCommand.places(Settings.of(Map.of(), Map.of()), "/x:y:/z");
        var home = Path.of(System.getProperty("user.home"));
        assertEquals(
                List.of(
                        Path.of("/opt/checkpointer/bin/criu"),
                        home.resolve(".local/share/checkpointer/bin/criu"),
                        Path.of("/x/criu"),
                        Path.of("/z/criu"),
                        Path.of("/usr/local/sbin/criu"),
                        Path.of("/usr/sbin/criu"),
                        Path.of("/sbin/criu")),
                places);
        assertEquals(
                List.of(Path.of("/p/bin/criu")),
                CriuCommand.places(Settings.of(Map.of("checkpointer.prefix", "/p"), Map.of()), "")
                        .subList(0, 1));
    }

    @Test
    void aNamedCommandThatCannotBeRunIsNotReplacedByAnother() throws Exception {
        criu("prefix/bin/criu", "4.2");
        var missing = directory.resolve("none");
        assertEquals(
                "checkpointer.criu names " + missing + ", which is not an executable file" + REMEDY,
                failure(missing, "").getMessage());
        var plain = Files.writeString(directory.resolve("plain"), "x");
        assertEquals(
                "checkpointer.criu names " + plain + ", which is not an executable file" + REMEDY,
                failure(plain, "").getMessage());
    }

    @Test
    void refusesADirectoryOfThatName() throws Exception {
        var named = Files.createDirectories(directory.resolve("criu"));
        assertEquals(
                "checkpointer.criu names " + named + ", which is not an executable file" + REMEDY,
                failure(named, "").getMessage());
    }

    @Test
    void refusesOneThatIsTooOld() throws Exception {
        var old = criu("old/criu", "3.16.1");
        var e = failure(old, "");
        assertEquals("CRIU 3.16.1 (" + old + ") is older than 3.17" + REMEDY, e.getMessage());
        assertEquals("CRIU 3.16.1 (" + old + ") is older than 3.17", CriuCommand.reason(e));
        assertEquals(
                new CriuVersion(3, 17, 0),
                CriuCommand.find(settings(criu("new/criu", "3.17")), "").version());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "version four", "cannot execute: required file not found"})
    void saysWhatACommandAnswersInsteadOfItsVersion(String answer) throws Exception {
        var named = script("garbage/criu", "echo '" + answer + "' >&2; exit 127");
        assertEquals(
                named + " does not say its version but: " + answer + REMEDY,
                failure(named, "").getMessage());
    }

    @Test
    void saysWhyACommandDoesNotStart() throws Exception {
        var named = Files.writeString(directory.resolve("criu"), "#!/no/such/interpreter\n");
        assertTrue(named.toFile().setExecutable(true));
        var message = failure(named, "").getMessage();
        assertTrue(message.startsWith("cannot run " + named + ": "), message);
    }

    @Test
    void doesNotWaitForWhatACommandLeavesBehind() throws Exception {
        var named = script("slow/criu", "sleep 60 & echo $! >" + directory.resolve("pid") + "; echo Version: 4.2");
        assertEquals(
                new CriuVersion(4, 2, 0), CriuCommand.find(settings(named), "").version());
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        assertFalse(stat.contains(") Z "), "it was waited for until it had ended");
    }

    @Test
    void doesNotReadAnOutputWithoutEnd() throws Exception {
        var named = script("endless/criu", "while echo nothing of use; do :; done");
        var message = failure(named, "").getMessage();
        assertTrue(message.startsWith(named + " does not say its version but: nothing of use\n"), message);
        assertTrue(message.length() < 5000, message);
    }

    @Test
    void takesTheVersionThatSetupNotedInsteadOfAsking() throws Exception {
        var named = script("prefix/bin/criu", "exit 1");
        Files.writeString(directory.resolve("prefix/criu.version"), "4.2.1\n");
        assertEquals(new CriuCommand(named, new CriuVersion(4, 2, 1)), CriuCommand.find(settings(null), ""));
    }

    @Test
    void saysWhenThereIsNone() throws Exception {
        // The directories of administrators' commands are always looked at, so an installed CRIU would be found there.
        var installed = CriuCommand.places(settings(null), "").stream().anyMatch(Files::isExecutable);
        assumeFalse(installed, "a CRIU is installed for administrators");
        assertEquals(
                "there is no criu command below the prefix or on the PATH" + REMEDY,
                failure(null, directory.toString()).getMessage());
    }
}
