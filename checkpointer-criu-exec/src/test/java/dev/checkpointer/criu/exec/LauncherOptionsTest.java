package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files for the program's descriptors, the file with its PID, and what is handed on to CRIU. */
class LauncherOptionsTest extends LauncherFixture {
    // --- standard streams -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void filesAreTheStandardStreams(String namespace) throws Exception {
        Files.writeString(directory.resolve("in.txt"), "echo hello\nexit 5\n");
        Files.writeString(directory.resolve("out.txt"), "before\n");
        Files.writeString(directory.resolve("err.txt"), "before\n");
        var ended = run(
                "restore",
                image.toString(),
                "--pid-namespace",
                namespace,
                "--input=in.txt",
                "--output",
                "out.txt",
                "--error",
                ">err.txt");
        assertEquals(5, ended.status(), ended.errors());
        assertEquals("", ended.output() + ended.errors());
        assertTrue(read("out.txt").matches("before\nrestored \\d+\nhello\nshutdown\n"), read("out.txt"));
        assertEquals("complaint\n", read("err.txt"), "it was emptied before");
    }

    @ParameterizedTest
    @ValueSource(strings = {">>both.txt", ">both.txt", "both.txt"})
    void outputIsForBothUnlessErrorIsGiven(String file) throws Exception {
        Files.writeString(directory.resolve("both.txt"), "before\n");
        var ended = run("restore", image.toString(), "--output", file);
        assertEquals(0, ended.status(), ended.errors());
        var before = file.equals(">both.txt") ? "" : "before\n";
        assertTrue(
                read("both.txt").matches(before + "restored \\d+\ncomplaint\nend of input\nshutdown\n"),
                read("both.txt"));
    }

    @Test
    void errorAloneLeavesOutputAsItIs() throws Exception {
        var ended = run("restore", image.toString(), "--error", "err.txt");
        assertEquals("complaint\n", read("err.txt"));
        assertTrue(ended.output().contains("end of input"), ended.output());
        assertEquals("", ended.errors());
    }

    @Test
    void detachedProgramCanHaveTheStreamsOfTheCommand() throws Exception {
        Files.writeString(directory.resolve("input"), "echo hello\n");
        var builder = launcher(
                        "restore",
                        "--detach",
                        image.toString(),
                        "--pidfile",
                        "pid",
                        "--input",
                        "-",
                        "--output",
                        "-",
                        "--error",
                        "-")
                .redirectInput(file("input"));
        var ended = ended(start(builder));
        assertEquals(0, ended.status(), ended.errors());
        awaitOutput("shutdown");
        assertTrue(
                read("out").matches("restored \\d+\nhello\nend of input\nshutdown\n"), "without a PID: " + read("out"));
        assertEquals("complaint\n", read("err"));
    }

    @ParameterizedTest
    @CsvSource({
        "--input, nowhere/in.txt, standard input",
        "--input, ., standard input",
        "--output, nowhere/out.txt, standard output",
        "--error, ., standard error"
    })
    void fileThatCannotBeOpenedIsNamed(String option, String file, String name) throws Exception {
        var ended = run("restore", image.toString(), option, file);
        assertEquals(2, ended.status(), ended.errors());
        assertEquals(
                "checkpointer: cannot open the program's " + name + ": " + file
                        + "\n  Name a file that this user may use.\n",
                ended.errors());
    }

    @Test
    void messagesOfTheCommandGoToTheirFile() throws Exception {
        var ended = run("restore", image.toString(), "--messages", "messages", "--input", "nowhere");
        assertEquals(2, ended.status());
        assertEquals("", ended.errors());
        assertTrue(read("messages").startsWith("checkpointer: cannot open"), read("messages"));

        ended = run("restore", image.toString(), "--messages", "messages");
        assertEquals(0, ended.status(), read("messages"));
        assertEquals("complaint\n", ended.errors(), "standard error is the program's");
        assertEquals("", read("messages"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void inheritedFileComesBeforeTheStreamOfTheSameKey(String namespace) throws Exception {
        var key = Files.readAllLines(image.resolve("manifest")).stream()
                .filter(line -> line.startsWith("stdio.2="))
                .map(line -> line.substring("stdio.2=".length()))
                .findFirst()
                .orElseThrow();
        Files.writeString(directory.resolve("other.log"), "a line longer than the program's\n");
        var ended = run("restore", image.toString(), "--inherit-fd", key, ">other.log", "--pid-namespace", namespace);
        assertEquals(0, ended.status(), ended.errors());
        assertEquals("complaint\n", read("other.log"));
        assertEquals("", ended.errors());
    }

    // --- the PID ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void pidIsWrittenWhenTheProgramRuns(String namespace) throws Exception {
        Files.writeString(directory.resolve("pid"), "1\n");
        var launcher = start(launcher("restore", image.toString(), "--pidfile", "pid", "--pid-namespace", namespace));
        Await.until("the PID", () -> !read("pid").equals("1\n"));
        assertTrue(read("pid").matches("\\d+\n"), read("pid"));
        Processes.end(Long.parseLong(read("pid").strip()));
        assertEquals(137, ended(launcher).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void detachedWritesThePidInsteadOfPrintingIt(String namespace) throws Exception {
        var ended = run(
                "restore", "-d", image.toString(), "--pidfile", "pid", "--output", "o", "--pid-namespace", namespace);
        assertEquals(0, ended.status(), ended.errors());
        assertEquals("", ended.output());
        Processes.awaitEnd(Long.parseLong(read("pid").strip()));
        assertTrue(read("o").contains("end of input"), read("o"));
    }

    @Test
    void failedRestoreLeavesThePidFileAlone() throws Exception {
        Files.writeString(directory.resolve("pid"), "1\n");
        var criu = script(
                "failing-criu", "#!/bin/sh\nif [ \"$1\" = --version ]; then echo Version: 4.2.1; exit; fi\nexit 1\n");
        var ended = run("restore", image.toString(), "--pidfile", "pid", "--criu", criu.toString());
        assertEquals(113, ended.status(), ended.errors());
        assertEquals("1\n", read("pid"));
        assertEquals(0, directory.toFile().list((parent, name) -> name.startsWith("pid.")).length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere/pid", "."})
    void pidFileThatCannotBeWrittenIsNamedBeforeTheRestore(String file) throws Exception {
        var ended = run("restore", image.toString(), "--pidfile", file);
        assertEquals(2, ended.status());
        assertTrue(ended.errors().contains("cannot write to " + file), ended.errors());
        assertFalse(ended.output().contains("restored"));
    }

    // --- what CRIU is told ------------------------------------------------------------------------------------------

    @Test
    void resourcesAndFilesAreHandedOnToCriu() throws Exception {
        var criu = script("noting-criu", """
                #!/bin/sh
                if [ "$1" != --version ]; then printf '%%s\\n' "$@" >arguments; fi
                exec "%s" "$@"
                """.formatted(criu()));
        Files.writeString(directory.resolve("other.log"), "");
        var ended = run(
                "restore",
                image.toString(),
                "--criu=" + criu,
                "--external",
                "dev[1/3]:the first",
                "--external",
                "dev[1/5]:second",
                "--manage-cgroups",
                "ignore",
                "--inherit-fd",
                "var/log/a=b.log",
                "other.log",
                "--inherit-fd",
                "pipe:[1]",
                ">>other.log");
        assertEquals(0, ended.status(), ended.errors());
        var arguments = Files.readAllLines(directory.resolve("arguments"));
        assertFollows(arguments, "--external", "dev[1/3]:the first", "--external", "dev[1/5]:second");
        assertFollows(arguments, "--inherit-fd", "fd[6]:var/log/a=b.log", "--inherit-fd", "fd[7]:pipe:[1]");
        assertFollows(arguments, "--manage-cgroups=ignore");
    }

    private static void assertFollows(List<String> arguments, String... expected) {
        assertTrue(Collections.indexOfSubList(arguments, List.of(expected)) >= 0, arguments::toString);
    }

    private static Path criu() throws Exception {
        return CriuCommand.find().path();
    }

    // --- bad usage --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a --input | option --input needs a value",
                "a --error= | option --error needs a value",
                "a --pidfile | option --pidfile needs a value",
                "a --external | option --external needs a value",
                "a --inherit-fd k | option --inherit-fd needs a key and a file",
                "a --inherit-fd k - | option --inherit-fd needs a file, not '-'",
                "a --inherit-fd k f --inherit-fd k g | --inherit-fd names k twice",
                "a --inherit-fd k f --inherit-fd l g --inherit-fd m h | room for two --inherit-fd, and m is the third",
                "a --manage-cgroups all | --manage-cgroups is ignore, none, props, soft, full or strict, not 'all'",
                "a --nonsense=b | there is no option --nonsense=b"
            })
    void badUsageEndsWith2(String arguments, String message) throws IOException {
        var ended = run(("restore " + arguments).split(" "));
        assertEquals(2, ended.status());
        assertTrue(ended.errors().contains(message), ended.errors());
        assertEquals(2, ended.errors().lines().count(), ended.errors());
    }

    @Test
    void helpTellsEveryOption() throws IOException {
        var help = run("restore", "--help").output();
        for (var option : List.of(
                "--input FILE",
                "--output FILE",
                "--error FILE",
                "--inherit-fd KEY FILE",
                "--pidfile FILE",
                "--external RESOURCE",
                "--manage-cgroups ignore|none|props|soft|full|strict",
                "--messages FILE")) {
            assertTrue(help.contains("      " + option), option);
        }
    }
}
