package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.cli.jvm.Jvm;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How {@code checkpointer checkpoint} finds the agent, or loads it. */
class AttachTest {
    /** From this version on a JVM warns when an agent is loaded into it. */
    private static final int WARNS = 21;

    @TempDir
    Path directory;

    static Iterable<Jdk> jdks() {
        return Jdk.all().toList();
    }

    private static Jdk jdk() {
        return Jdk.all().findFirst().orElseThrow();
    }

    private Path image(String name) {
        return directory.resolve(name);
    }

    private Cli checkpoint(RunningProgram program, String image, String... more) {
        var all = new ArrayList<>(
                List.of("checkpoint", program.pidText(), "--to", image(image).toString()));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aProgramThatWasStartedWithTheAgentIsAskedAndToldAfterItsRestore(Jdk jdk) throws Exception {
        try (var program = RunningProgram.hooked(jdk, true)) {
            var ended = checkpoint(program, "image", "--no-attach", "--json");
            assertEquals(0, ended.status(), ended.errors());
            assertEquals("present", ended.json().get("agent"));
            Processes.awaitEnd(program.pid());
            assertEquals(1, program.count("before"));
            assertEquals(0, program.count("after"));
            try (var restored = program.restored(image("image"))) {
                restored.awaitLine("after");
                assertEquals(1, restored.count("before"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aProgramThatWasNotPreparedGetsTheAgentAndKeepsItInTheImage(Jdk jdk) throws Exception {
        try (var program = RunningProgram.plain(jdk)) {
            var first = checkpoint(program, "first", "--json");
            assertEquals(0, first.status(), first.errors());
            assertEquals("checkpointer: agent loaded into process " + program.pid() + "\n", first.errors());
            assertEquals("loaded", first.json().get("agent"));
            assertEquals(true, first.json().get("hooks"));
            Processes.awaitEnd(program.pid());
            assertEquals(
                    Runtime.Version.parse(version(jdk)).feature() >= WARNS,
                    program.output().contains("A Java agent has been loaded dynamically"),
                    program.output());
            try (var restored = program.restored(image("first"))) {
                restored.awaitMoreOutput();
                var attachSocket = Path.of("/tmp/.java_pid" + program.pid() + ".tmp");
                Await.until("the end of " + attachSocket, () -> !Files.exists(attachSocket));
                var second = checkpoint(restored, "second", "--json", "--leave-running");
                assertEquals(0, second.status(), second.errors());
                assertEquals("", second.errors());
                assertEquals("present", second.json().get("agent"));
                var jcmd = Processes.run(
                        List.of(jdk.home().resolve("bin/jcmd").toString(), restored.pidText(), "VM.version"));
                assertEquals(0, jcmd.status(), "other tools can attach to it: " + jcmd.output());
                restored.awaitMoreOutput();
            }
        }
    }

    private static String version(Jdk jdk) throws Exception {
        return Jvm.version(jdk.home());
    }

    @Test
    void withoutAnAgentNoAttachIsRefusedAndNothingHappens() throws Exception {
        try (var program = RunningProgram.plain(jdk())) {
            var ended = checkpoint(program, "image", "--no-attach");
            assertEquals(112, ended.status());
            assertEquals(
                    "checkpointer: process " + program.pid() + " has no agent, and --no-attach forbids to load one\n"
                            + "  Leave out --no-attach, or add --no-hooks to dump the program as it is.\n",
                    ended.errors());
            program.awaitMoreOutput();
            assertFalse(Files.exists(image("image")));

            var both = checkpoint(program, "image", "--no-attach", "--no-hooks");
            assertEquals(0, both.status(), both.errors());
            assertEquals("", both.errors());
        }
    }

    /** A tool had attached before the dump; CRIU brings back a socket on which nobody listens. */
    @Test
    void aRestoredProgramWithAnOldAttachSocketTakesTheAgent() throws Exception {
        try (var program = RunningProgram.plain(jdk())) {
            var jcmd = List.of(jdk().home().resolve("bin/jcmd").toString(), program.pidText(), "VM.version");
            assertEquals(0, Processes.run(jcmd).status());
            assertEquals(0, checkpoint(program, "first", "--no-hooks").status());
            Processes.awaitEnd(program.pid());
            try (var restored = program.restored(image("first"))) {
                var second = checkpoint(restored, "second", "--json");
                assertEquals(0, second.status(), second.errors());
                assertEquals("loaded", second.json().get("agent"));
            }
        }
    }

    /** With -Xrs a JVM opens its socket for tools at its start, and without that one SIGQUIT would end it. */
    @Test
    void aProgramThatWouldBeEndedByAttachIsLeftAlone() throws Exception {
        try (var program = RunningProgram.plain(jdk(), "-Xrs")) {
            assertEquals(0, checkpoint(program, "first", "--no-hooks").status());
            Processes.awaitEnd(program.pid());
            try (var restored = program.restored(image("first"))) {
                var ended = checkpoint(restored, "second");
                assertEquals(112, ended.status(), ended.errors());
                assertTrue(ended.errors().contains(" takes no agent, and an attempt would end it\n"), ended.errors());
                assertTrue(ended.failsInTwoLines(), ended.errors());
                restored.awaitMoreOutput();
            }
        }
        try (var program = RunningProgram.plain(jdk(), "-Xrs")) {
            assertEquals("loaded", checkpoint(program, "third", "--json").json().get("agent"));
        }
    }

    @Test
    void aProgramThatForbidsAttachIsTold() throws Exception {
        try (var program = RunningProgram.plain(jdk(), "-XX:+DisableAttachMechanism")) {
            var ended = checkpoint(program, "image");
            assertEquals(112, ended.status());
            assertTrue(ended.errors().contains(" does not take the agent: The VM does not support"), ended.errors());
            assertTrue(ended.failsInTwoLines(), ended.errors());
            program.awaitMoreOutput();
        }
    }

    @Test
    void aJavaWithoutAttachSaysSo() throws Exception {
        try (var program = RunningProgram.plain(jdk())) {
            var ended = Processes.run(List.of(
                    jdk().java().toString(),
                    "-Dcli.agent=" + RunningProgram.AGENT,
                    "--limit-modules",
                    "java.base,java.logging,java.management,jdk.unsupported",
                    "-cp",
                    Target.classPath(),
                    Main.class.getName(),
                    "checkpoint",
                    program.pidText(),
                    "--to",
                    image("image").toString()));
            assertEquals(112, ended.status(), ended.output());
            assertTrue(ended.output().contains("the Java of this command has no module jdk.attach\n"), ended.output());
            program.awaitMoreOutput();
        }
    }

    @Test
    void aProgramThatIsStoppedIsGivenUpAtTheDeadline() throws Exception {
        try (var program = RunningProgram.plain(jdk())) {
            signal(program, "STOP");
            try {
                var ended = checkpoint(program, "image", "--timeout", "300ms");
                assertEquals(114, ended.status(), ended.errors());
                assertTrue(ended.errors().contains(" has not taken the agent within 300 ms\n"), ended.errors());
                assertTrue(ended.failsInTwoLines(), ended.errors());
            } finally {
                signal(program, "CONT");
            }
            program.awaitMoreOutput();
        }
    }

    private static void signal(RunningProgram program, String signal) throws Exception {
        assertEquals(
                0,
                Processes.run(List.of("kill", "-s", signal, program.pidText())).status());
    }

    @Test
    void theAgentIsTheOneThatListensAndNotAJarOnTheClassPath() throws Exception {
        try (var program = RunningProgram.behind(RunningProgram.AGENT, jdk());
                var agent = RunningProgram.hooked(jdk(), true)) {
            assertTrue(opened(program, RunningProgram.AGENT), "the jar is open");
            assertEquals(
                    false,
                    PsTest.row(Cli.run("ps", "--json").json(), program.pid()).get("agent"));
            assertEquals(
                    true,
                    PsTest.row(Cli.run("ps", "--json").json(), agent.pid()).get("agent"));
        }
    }

    private static boolean opened(RunningProgram program, Path file) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc", program.pidText(), "fd"))) {
            for (var descriptor : descriptors.toList()) {
                if (Files.readSymbolicLink(descriptor).equals(file)) {
                    return true;
                }
            }
            return false;
        }
    }
}
