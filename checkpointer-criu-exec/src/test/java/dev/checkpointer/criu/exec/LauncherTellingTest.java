package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a restored program is told on the launcher's command line. */
class LauncherTellingTest extends LauncherFixture {
    private static final String OTHER_MAIN = "dev.checkpointer.testkit.Told";

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void everyKindReachesTheProgram(String namespace) throws Exception {
        Files.writeString(directory.resolve("variables"), "# a comment\n\nFROM_FILE=a=b\nLAST=without an end");
        Files.writeString(directory.resolve("input"), "told\nproperty name\nproperty flag\n");
        var options = List.of(
                "-Dname=value with = and $HOME",
                "-Dflag",
                "--env=ONE=1",
                "--env",
                "MINE",
                "--env-file",
                "variables",
                "--pid-namespace",
                namespace,
                "--input",
                "input");
        var command = new ArrayList<>(List.of("restore", image.toString()));
        command.addAll(options);
        command.addAll(List.of("--", "first", "--force", "", "back\\slash", "two\nlines\n"));
        var builder = launcher(command.toArray(String[]::new));
        builder.environment().put("MINE", "of my own");
        var ended = ended(start(builder));
        assertEquals(0, ended.status(), ended.errors());
        var expected = "properties={name=value with = and $HOME, flag=}"
                + " environment={ONE=1, MINE=of my own, FROM_FILE=a=b, LAST=without an end}"
                + " arguments=[first, --force, , back\\slash, two<newline>lines<newline>] image=" + image
                + " recent=true instance=";
        assertTrue(ended.output().contains(expected), ended.output());
        assertTrue(ended.output().contains("name=value with = and $HOME\nflag=\n"), ended.output());
    }

    @Test
    void programThatIsToldNothingKnowsItsImage() throws Exception {
        Files.writeString(directory.resolve("input"), "told\n");
        var ended = run("restore", image.toString(), "--input", "input");
        var expected = "properties={} environment={} arguments=[] image=" + image + " recent=true instance=";
        assertTrue(ended.output().contains(expected), ended.output() + ended.errors());
    }

    /** Neither in a list of processes, nor in the image, nor in a file that stays. */
    @Test
    void secretsComeThroughStandardInput() throws Exception {
        Files.writeString(directory.resolve("input"), "told\n");
        var launcher = start(launcher("restore", image.toString(), "--env-stdin", "--input", "input"));
        say(launcher, "PASSWORD=hush-hush");
        assertFalse(Processes.mentioning("hush-hush").stream().anyMatch(line -> !line.contains("surefire")));
        var ended = ended(launcher);
        assertTrue(ended.output().contains("environment={PASSWORD=hush-hush}"), ended.output() + ended.errors());
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = file.getFileName().toString();
                assertEquals(name.equals("out"), contains(file, "hush-hush"), file::toString);
            }
        }
    }

    private static boolean contains(Path file, String text) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    }

    @Test
    void failedRestoreKeepsNoSecretBesideItsLog() throws Exception {
        Files.delete(image.resolve("inventory.img"));
        editManifest("^image\\.inventory.*\n", "");
        var ended = run("restore", image.toString(), "--env", "PASSWORD=hush-hush");
        assertEquals(113, ended.status(), ended.errors());
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(contains(file, "hush-hush"), file::toString);
            }
        }
    }

    @Test
    void anotherMainRunsBeforeTheProgramGoesOn() throws Exception {
        var ended = run("restore", image.toString(), "--main", OTHER_MAIN, "--", "a", "b c");
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().startsWith("other main with a,b c\nrestored "), ended.output());
    }

    @ParameterizedTest
    @CsvSource({
        OTHER_MAIN + ", as it was told",
        "no.such.Class, 'cannot call no.such.Class.main, as the restore asks'",
        "java.lang.String, 'cannot call java.lang.String.main, as the restore asks'"
    })
    void mainThatFailsIsTold(String main, String cause) throws Exception {
        var ended = run("restore", image.toString(), "--main", main, "--", "fail");
        assertEquals(1, ended.status(), ended.errors());
        assertTrue(ended.errors().contains("RestoreException"), ended.errors());
        assertTrue(ended.errors().contains(cause), ended.errors());
    }

    @Test
    void imageWithoutAChannelRefusesArgumentsByName() throws Exception {
        editManifest("^channel=.*\n", "");
        var ended = run("restore", image.toString(), "-Dname=value");
        assertEquals(112, ended.status());
        assertTrue(ended.errors().contains("was not notified of its checkpoint"), ended.errors());
        assertTrue(ended.errors().contains("Restore it without -D, --env"), ended.errors());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-D                     | option -D needs the name of a system property",
                "-D=value               | a property has no name",
                "--env==value           | a variable has no name",
                "--env=NOT_SET_ANYWHERE | neither has this command's environment",
                "--env=with blank       | no variable of this command's environment can have that name",
                "--env-file=nowhere     | --env-file names nowhere, which is not a file",
                "--env-file=bad         | line 2 of bad is not NAME=VALUE",
                "--main                 | option --main needs a value",
            })
    void badUsageIsToldInOneLineWithoutValues(String option, String message) throws Exception {
        Files.writeString(directory.resolve("bad"), "GOOD=1\nhush-hush\n");
        var ended = run("restore", image.toString(), option);
        assertEquals(2, ended.status(), ended.errors());
        assertTrue(ended.errors().startsWith("checkpointer: ") && ended.errors().contains(message), ended.errors());
        assertEquals(2, ended.errors().lines().count(), ended.errors());
        assertFalse(ended.errors().contains("hush-hush"), ended.errors());
    }
}
