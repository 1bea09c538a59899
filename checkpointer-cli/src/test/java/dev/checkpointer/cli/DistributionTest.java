package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The archive, unpacked where its path has spaces, and run from another directory through a symbolic link. */
@Tag("distribution")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistributionTest {
    private Path directory;
    private Path home;
    private Path command;

    static Iterable<Jdk> jdks() {
        return Jdk.all().toList();
    }

    @BeforeAll
    void unpack(@TempDir Path shared) throws Exception {
        directory = shared;
        var place = Files.createDirectory(directory.resolve("a place with spaces"));
        var archive = System.getProperty("test.distribution");
        var ended = Processes.run(List.of("tar", "-xzf", archive, "-C", place.toString()));
        assertEquals(0, ended.status(), ended.output());
        home = place.resolve(Path.of(archive).getFileName().toString().replace(".tar.gz", ""));
        command = Files.createSymbolicLink(directory.resolve("link"), home.resolve("bin/checkpointer"));
    }

    @Test
    void itHoldsWhatIsNeededAndNothingForTests() throws Exception {
        for (var file : List.of(
                "bin/checkpointer",
                "bin/checkpointer-actions.sh",
                "bin/setup",
                "lib/checkpointer-agent.jar",
                "LICENSE",
                "README.md")) {
            assertTrue(Files.isRegularFile(home.resolve(file)), file);
        }
        assertTrue(Files.isExecutable(home.resolve("bin/checkpointer")));
        try (var jars = Files.list(home.resolve("lib"))) {
            var names = jars.map(jar -> jar.getFileName().toString()).sorted().toList();
            assertTrue(names.stream().anyMatch(name -> name.startsWith("checkpointer-cli-")), names.toString());
            assertTrue(names.stream().anyMatch(name -> name.startsWith("checkpointer-libcriu-jna-")), names.toString());
            assertFalse(
                    names.stream().anyMatch(name -> name.matches("(junit|checkpointer-testkit|.*sources).*")),
                    names.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void enginesAreFoundWithoutAWarning(Jdk jdk) throws Exception {
        var ended = run(Map.of("JAVA_HOME", jdk.home().toString()), "engines", "--json");
        assertEquals(0, ended.status(), ended.output());
        var engines = Cli.objects(JSON.std.mapFrom(ended.output()).get("engines")); // a warning would be no JSON
        assertEquals("criu-rpc", engines.get(0).get("name"));
        assertEquals("chosen", engines.get(0).get("verdict"), engines.toString());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aProgramGoesFromCheckpointToRestore(Jdk jdk) throws Exception {
        var work = Files.createDirectory(directory.resolve("work " + jdk));
        var image = work.resolve("an image");
        try (var target = Target.start(jdk, work, Map.of())) {
            assertEquals("1", target.ask("count"));
            var pid = Long.toString(target.pid());
            var java = Map.of("JAVA_HOME", jdk.home().toString());
            var dumped = run(java, "checkpoint", pid, "--to", image.toString());
            assertEquals(0, dumped.status(), dumped.output());
            assertTrue(dumped.output().startsWith("checkpointer: agent loaded into process " + pid + "\n"));
            Processes.awaitEnd(target.pid());
            assertEquals(0, run(java, "inspect", image.toString()).status());

            var pidfile = work.resolve("pid");
            var restored = run(Map.of(), "restore", image.toString(), "--detach", "--pidfile", pidfile.toString());
            assertEquals(0, restored.status(), restored.output());
            assertEquals("", restored.output());
            Await.until("the PID file", () -> Files.exists(pidfile));
            try {
                assertEquals("2", target.ask("count"));
            } finally {
                Processes.end(Long.parseLong(Files.readString(pidfile).strip()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aCheckpointTakesItsClassesFromAnArchiveThatTheFirstOneMade(Jdk jdk) throws Exception {
        var work = Files.createDirectory(directory.resolve("archive " + jdk));
        var cache = work.resolve("cache");
        var environment = Map.of("JAVA_HOME", jdk.home().toString(), "XDG_CACHE_HOME", cache.toString());
        try (var program = RunningProgram.plain(jdk)) {
            assertEquals(0, run(environment, "checkpoint", "--help").status());
            assertEquals(112, run(environment, "checkpoint", "2147483647").status());
            assertEquals(List.of(), classes(cache), "nothing is kept of a checkpoint that was none");

            assertEquals(0, checkpoint(environment, program, work.resolve("1")).status());
            var archive = classes(cache).get(0);
            assertEquals(List.of(archive), classes(cache));
            long made = Files.getLastModifiedTime(archive).toMillis();

            program.awaitMoreOutput();
            var second = start(environment, program, work.resolve("2"));
            Await.until("the archive in use", () -> maps(second.pid()).contains(archive.toString()));
            Await.until("the end", () -> !second.isAlive());
            assertEquals(0, second.exitValue());
            assertEquals(made, Files.getLastModifiedTime(archive).toMillis(), "it is made once");

            Files.delete(archive);
            Files.writeString(archive, "damaged");
            var third = checkpoint(environment, program, work.resolve("3"));
            assertEquals(0, third.status(), third.output());
            assertTrue(third.output().startsWith("image    "), third.output());
        }
    }

    @Test
    void aCacheThatOthersMayWriteIsNotTrustedAndNoneIsNeeded() throws Exception {
        var work = Files.createDirectory(directory.resolve("open cache"));
        var open = Files.createDirectories(work.resolve("checkpointer"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwx---"));
        var jdk = jdks().iterator().next();
        try (var program = RunningProgram.plain(jdk)) {
            var ended = checkpoint(Map.of("XDG_CACHE_HOME", work.toString()), program, work.resolve("1"));
            assertEquals(0, ended.status(), ended.output());
            assertEquals(List.of(), classes(work));
            var none = checkpoint(Map.of("XDG_CACHE_HOME", "/proc/nowhere"), program, work.resolve("2"));
            assertEquals(0, none.status(), none.output());
        }
    }

    private static List<Path> classes(Path cache) throws Exception {
        if (Files.notExists(cache.resolve("checkpointer"))) {
            return List.of();
        }
        try (var files = Files.list(cache.resolve("checkpointer"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("classes-"))
                    .toList();
        }
    }

    private static String maps(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "maps"));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private Processes.Result checkpoint(Map<String, String> environment, RunningProgram program, Path image)
            throws Exception {
        return run(
                environment,
                "checkpoint",
                program.pidText(),
                "--to",
                image.toString(),
                "--leave-running",
                "--no-hooks");
    }

    private Process start(Map<String, String> environment, RunningProgram program, Path image) throws Exception {
        var builder = new ProcessBuilder(
                        command.toString(),
                        "checkpoint",
                        program.pidText(),
                        "--to",
                        image.toString(),
                        "--leave-running",
                        "--no-hooks")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("second.txt").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    @Test
    void theJarItselfRestoresByTheLauncher() throws Exception {
        var jar = Files.list(home.resolve("lib"))
                .filter(file -> file.getFileName().toString().startsWith("checkpointer-cli-"))
                .findFirst()
                .orElseThrow();
        var java = jdks().iterator().next().java().toString();
        var ended = Processes.run(List.of(java, "-jar", jar.toString(), "restore", "/nonexistent/image", "--detach"));
        assertEquals(111, ended.status(), ended.output());
        assertTrue(ended.output().contains("there is no directory /nonexistent/image"), ended.output());
        var help = Processes.run(List.of(java, "-jar", jar.toString(), "restore", "--help"));
        assertTrue(help.output().contains("--pid-namespace auto|always|never"), help.output());
    }

    @Test
    void helpListsAllVerbsAndNeedsNoJava() throws Exception {
        var ended = run(Map.of("JAVA_HOME", "/nonexistent"), "--help");
        assertEquals(0, ended.status(), ended.output());
        for (var verb : List.of("restore", "checkpoint", "inspect", "ps", "engines", "doctor", "completion")) {
            assertTrue(ended.output().contains("\n  " + verb + " "), ended.output());
        }
    }

    @Test
    void theVersionIsThatOfTheArchive() throws Exception {
        assertEquals(
                home.getFileName().toString().replaceFirst("-", " ") + "\n",
                run(Map.of(), "--version").output());
    }

    @Test
    void badUsageIsOneLineOfErrorAndOneOfRemedy() throws Exception {
        var unknown = run(Map.of(), "nonsense");
        assertEquals(2, unknown.status());
        assertEquals("checkpointer: there is no command nonsense\n  Try \"checkpointer --help\".\n", unknown.output());
        var none = run(Map.of());
        assertEquals(2, none.status());
        assertEquals("checkpointer: name a command\n  Try \"checkpointer --help\".\n", none.output());
    }

    @Test
    void colourIsForTerminalsAlone() throws Exception {
        var engines = "'" + command + "' engines";
        var terminal = List.of("script", "-q", "-e", "-c", engines, "/dev/null");
        var environment = Map.of("TERM", "xterm");
        assertTrue(run(environment, terminal).output().contains("\u001b[1mENGINE"), "coloured on a terminal");
        var plain = run(Map.of("TERM", "xterm", "NO_COLOR", "1"), terminal).output();
        assertTrue(plain.startsWith("ENGINE "), plain);
        assertFalse(plain.contains("\u001b"), plain);
        assertFalse(run(environment, "engines").output().contains("\u001b"), "not in a file");
    }

    @Test
    void anOldJavaIsRefused() throws Exception {
        var old = Files.createDirectories(directory.resolve("old/bin")).getParent();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_462\"\n");
        var java = Files.writeString(old.resolve("bin/java"), "#!/bin/sh\n");
        assertTrue(java.toFile().setExecutable(true));
        var ended = run(Map.of("JAVA_HOME", old.toString()), "ps");
        assertEquals(1, ended.status());
        assertTrue(ended.output().contains("is version 8, and the command ps needs 17\n"), ended.output());
    }

    @Test
    void withoutJavaOrJarsItSaysWhatToDo() throws Exception {
        var java = run(Map.of("JAVA_HOME", "/nonexistent"), "ps");
        assertEquals(1, java.status());
        assertEquals(
                "checkpointer: JAVA_HOME names /nonexistent, which has no bin/java\n"
                        + "  Set it to the home of a Java of version 17 or later.\n",
                java.output());
        var alone = Files.createDirectories(directory.resolve("alone/bin"));
        Files.copy(home.resolve("bin/checkpointer"), alone.resolve("checkpointer"));
        var jars = Processes.run(List.of("sh", alone.resolve("checkpointer").toString(), "ps"));
        assertEquals(1, jars.status());
        assertTrue(
                jars.output()
                        .startsWith("checkpointer: the jars of the command ps are neither in " + alone.getParent()),
                jars.output());
    }

    @Test
    void theCompletionScriptLoadsInBashAndKnowsTheOptionsOfRestore() throws Exception {
        var script = directory.resolve("completion.sh");
        Files.writeString(script, run(Map.of(), "completion", "bash").output());
        var words = "source '" + script + "'; COMP_WORDS=(checkpointer restore --pid); COMP_CWORD=2;"
                + " _complete_checkpointer; echo \"${COMPREPLY[*]}\"";
        var ended = Processes.run(List.of("bash", "-c", words));
        assertEquals(0, ended.status(), ended.output());
        assertTrue(ended.output().contains("--pidfile") && ended.output().contains("--pid-namespace"), ended.output());
        var verbs = "source '" + script + "'; COMP_WORDS=(checkpointer insp); COMP_CWORD=1;"
                + " _complete_checkpointer; echo \"${COMPREPLY[*]}\"";
        assertEquals("inspect\n", Processes.run(List.of("bash", "-c", verbs)).output());
        assertEquals(2, run(Map.of(), "completion", "tcsh").status());
    }

    private Processes.Result run(Map<String, String> environment, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(command.toString()));
        all.addAll(List.of(arguments));
        return run(environment, all);
    }

    private Processes.Result run(Map<String, String> environment, List<String> all) throws Exception {
        var builder = new ProcessBuilder(all).directory(directory.toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().putAll(environment);
        return Processes.run(builder);
    }
}
