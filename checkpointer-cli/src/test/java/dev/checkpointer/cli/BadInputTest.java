package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each verb but {@code checkpoint} says to bad input: one line of error, one of remedy, a documented status. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");

    private Path directory;
    private Path image;

    @BeforeAll
    void makeAnImage() throws Exception {
        directory = Files.createTempDirectory("bad");
        image = directory.resolve("image");
        try (var target = Target.start(Jdk.all().findFirst().orElseThrow(), directory, Map.of())) {
            target.ask("count");
            var pid = Long.toString(target.pid());
            var ended = Cli.run("checkpoint", pid, "--to", image.toString(), "--no-hooks");
            assertEquals(0, ended.status(), ended.errors());
        }
    }

    @AfterAll
    void removeIt() throws IOException {
        Processes.run(List.of("rm", "-rf", directory.toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ps x | unmatched argument at index 1: 'x'",
                "ps --all | unknown option: '--all'",
                "ps --json=yes | invalid value for option '--json': 'yes' is not a boolean",
                "inspect | missing required parameter: 'DIR'",
                "inspect --show-values | missing required parameter: 'DIR'",
                "inspect '' | name the directory of an image",
                "inspect a b | unmatched argument at index 2: 'b'",
                "inspect --values a | unknown option: '--values'",
                "doctor x | unmatched argument at index 1: 'x'",
                "doctor --fix | unknown option: '--fix'",
                "engines --engine | unknown option: '--engine'",
                "completion | missing required parameter: 'SHELL'",
                "completion tcsh | invalid value for positional parameter at index 0 (SHELL): expected one of",
                "completion bash zsh | unmatched argument at index 2: 'zsh'",
                "completion --json bash | unknown option: '--json'"
            })
    void badUsageEndsWith2(String arguments, String message) {
        var ended = Cli.run(Stream.of(arguments.split(" "))
                .map(word -> word.replace("''", ""))
                .toArray(String[]::new));
        assertEquals(2, ended.status());
        assertTrue(ended.errors().startsWith("checkpointer: " + message), ended.errors());
        assertTrue(ended.errors().endsWith(" --help\".\n"), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
        assertEquals("", ended.output());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 2 | name the directory of an image",
                "a b | 2 | more than one image directory: a and b",
                "--nonsense a | 2 | there is no option --nonsense",
                "a --timeout | 2 | option --timeout needs a value",
                "a --timeout 0 | 2 | --timeout is more than zero",
                "a --pid-namespace maybe | 2 | --pid-namespace is auto, always or never, not 'maybe'",
                "a --log-level 9 | 2 | --log-level is 0 to 4",
                "%image --output /nowhere/out | 2 | cannot open the program's standard output: /nowhere/out",
                "%image --pidfile /nowhere/pid | 2 | cannot write to /nowhere/pid",
                "/nowhere/image | 111 | there is no directory /nowhere/image",
                "/dev/null | 111 | there is no directory /dev/null",
                "/proc/self/ns | 111 | /proc/self/ns is not an image of checkpointer: it has no manifest",
                "%image --criu /nowhere/criu | 112 | criu is to be /nowhere/criu, which is not an executable file"
            })
    void restoreRefuses(String arguments, int status, String message) throws IOException {
        var ended = restore(Stream.of(arguments.split(" "))
                .map(word -> word.replace("''", "").replace("%image", image.toString()))
                .toArray(String[]::new));
        assertEquals(status, ended.status(), ended.errors());
        assertTrue(ended.errors().startsWith("checkpointer: " + message), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
        assertEquals("", ended.output());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "^format=.*$ | format= | 111 | has no format number",
                "^format=.*$ | format=99999999999999999999 | 111 | has no format number",
                "^format=.*$ | format=2 | 112 | has format 2, this version of checkpointer reads up to 1",
                "^pid=.*$ | pid=0x7 | 111 | has no PID",
                "^image.files.img=.*$ | image.files.img=many | 111 | is damaged: files.img has not the size of many",
                "^image.files.img=.*$ | image.../../other=3 | 111 | is damaged: ../../other has not the size of 3"
            })
    void changedManifestIsRefusedByInspectAndRestore(
            String pattern, String line, int status, String message, @TempDir Path other) throws IOException {
        var copy = copy(other);
        var manifest = copy.resolve("manifest");
        Files.writeString(manifest, Files.readString(manifest).replaceAll("(?m)" + pattern, line));
        refused(copy, status, message);
    }

    static Stream<Arguments> manifests() {
        var random = new byte[4096];
        new Random(7).nextBytes(random);
        return Stream.of(
                Arguments.of(new byte[0], "has no format number"),
                Arguments.of(random, "is no manifest of an image"),
                Arguments.of("\n\n=\nformat\n".getBytes(), "has no format number"));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void manifestThatIsNoneIsRefused(byte[] content, String message, @TempDir Path other) throws IOException {
        var copy = copy(other);
        Files.write(copy.resolve("manifest"), content);
        refused(copy, 111, message);
    }

    /** Nobody waits for a named pipe, or reads an endless file. */
    @ParameterizedTest
    @ValueSource(strings = {"mkfifo", "ln -s /dev/zero"})
    void manifestThatIsNoFileIsRefused(String command, @TempDir Path other) throws IOException {
        var copy = copy(other);
        Files.delete(copy.resolve("manifest"));
        var made = Processes.run(Stream.concat(
                        Stream.of(command.split(" ")),
                        Stream.of(copy.resolve("manifest").toString()))
                .toList());
        assertEquals(0, made.status(), made.output());
        refused(copy, 111, "is not an image of checkpointer: it has no manifest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pstree.img", "files.img", "inventory.img", "pages-1.img", "core-%pid.img", "mm-%pid.img"})
    void truncatedFileIsRefused(String name, @TempDir Path other) throws IOException {
        var copy = copy(other);
        var pid = Files.readString(copy.resolve("manifest")).replaceAll("(?s).*\\npid=(\\d+)\\n.*", "$1");
        var file = copy.resolve(name.replace("%pid", pid));
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(file) / 2);
        }
        refused(copy, 111, "is damaged: " + file.getFileName() + " has not the size of");
    }

    @Test
    void namesFromOthersDoNotDriveTheTerminal() {
        var ended = Cli.run("inspect", "a\u001b[31mred\u0007");
        assertEquals(111, ended.status());
        assertTrue(ended.errors().contains("a?[31mred?\n"), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
    }

    @Test
    void otherUsersImagesAreClosedAndAreToldSo(@TempDir Path shared) throws Exception {
        var obstacle = OrdinaryUser.obstacle(shared);
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        var user = new OrdinaryUser(shared);
        var launcher = Files.copy(LAUNCHER, shared.resolve("checkpointer"));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        var closed = copy(shared);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(closed)));
        for (var mode : List.of("rwx------", "rwxr-xr-x")) {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString(mode));
            var message = mode.equals("rwx------")
                    ? "this user may not read " + closed
                    : "the image in " + closed + " belongs to another user";
            var restore = List.of(launcher.toString(), "restore", closed.toString(), "--detach");
            refusedTo(user.command(shared.resolve("out.txt"), restore), shared.resolve("out.txt"), message);
            var jdk = Jdk.all().findFirst().orElseThrow();
            var inspect = user.java(
                    jdk, shared.resolve("out.txt"), List.of(), Main.class.getName(), "inspect", closed.toString());
            if (mode.equals("rwx------")) {
                refusedTo(inspect, shared.resolve("out.txt"), message);
            } else {
                var process = inspect.start();
                Await.until("the end of the command", () -> !process.isAlive());
                var told = Files.readString(shared.resolve("out.txt"));
                assertEquals(0, process.exitValue(), told);
                assertTrue(told.contains("\n  " + message + "\n"), told);
            }
        }
    }

    private static void refusedTo(ProcessBuilder command, Path output, String message) throws IOException {
        var process = command.start();
        Await.until("the end of the command", () -> !process.isAlive());
        var errors = Files.readString(output);
        assertEquals(112, process.exitValue(), errors);
        assertTrue(errors.startsWith("checkpointer: " + message + "\n  Restore as "), errors);
        assertEquals(2, errors.lines().count(), errors);
    }

    @Test
    void jsonIsJsonAlone() throws IOException {
        for (var verb : List.of("ps", "engines")) {
            var ended = Cli.run(verb, "--json");
            assertEquals(0, ended.status(), ended.errors());
            assertFalse(JSON.std.mapFrom(ended.output()).isEmpty());
            assertEquals("", ended.errors());
        }
        var inspected = Cli.run("inspect", "--json", image.toString());
        assertEquals(image.toString(), JSON.std.mapFrom(inspected.output()).get("image"));
    }

    private void refused(Path copy, int status, String message) throws IOException {
        for (var ended : List.of(Cli.run("inspect", copy.toString(), "--json"), restore(copy.toString(), "--detach"))) {
            assertEquals(status, ended.status(), ended.errors());
            assertTrue(ended.errors().contains(message), ended.errors());
            assertTrue(ended.failsInTwoLines(), ended.errors());
            assertEquals("", ended.output());
        }
    }

    /** The launcher itself, as people run it. */
    private Cli restore(String... arguments) throws IOException {
        var command = Stream.concat(Stream.of(LAUNCHER.toString(), "restore"), Stream.of(arguments))
                .toList();
        var out = Files.createTempFile(directory, "out", "");
        var err = Files.createTempFile(directory, "err", "");
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("TMPDIR", directory.toString());
        var process = builder.start();
        try {
            Await.until("the end of the launcher", () -> !process.isAlive());
            return new Cli(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }

    private Path copy(Path other) throws IOException {
        var copy = other.resolve("copy");
        var copied = Processes.run(List.of("cp", "-a", image.toString(), copy.toString()));
        assertEquals(0, copied.status(), copied.output());
        return copy;
    }
}
