package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Manifest;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import dev.checkpointer.testkit.Tmpfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code checkpointer checkpoint} does with the resources of a program that has the agent. */
class HooksTest {
    @TempDir
    Path directory;

    private Path image;
    private RunningProgram program;

    @BeforeEach
    void start() throws Exception {
        image = directory.resolve("image");
        program = RunningProgram.hooked(Jdk.all().findFirst().orElseThrow(), true);
    }

    @AfterEach
    void end() {
        program.close();
    }

    private Cli checkpoint(String... more) {
        var all = new ArrayList<>(List.of("checkpoint", program.pidText(), "--to", image.toString()));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private void assertGoesOn(int afterRestores) {
        assertEquals(afterRestores, program.count("after"), program.output());
        assertTrue(Processes.runs(program.pid()));
        assertFalse(Files.exists(image.resolve(Manifest.FILE)));
        assertFalse(Files.exists(image.resolve(Manifest.DRAFT)));
    }

    @Test
    void afterRestoreHasRunWhenAProgramThatIsLeftRunningIsDone() throws Exception {
        var ended = checkpoint("--leave-running", "--no-attach", "--json");
        assertEquals(0, ended.status(), ended.errors());
        assertEquals("", ended.errors());
        assertEquals(1, program.count("before"));
        assertEquals(1, program.count("after"));
        var json = ended.json();
        var manifest = Manifest.read(image.resolve(Manifest.FILE));
        for (var size : List.of("heap.before", "heap.after", "resident.before", "resident.after")) {
            assertTrue(manifest.get(size).orElse("missing").matches("[1-9]\\d+"), size + " " + manifest.get(size));
        }
        assertEquals(true, json.get("hooks"));
        assertEquals("present", json.get("agent"));
        assertEquals(true, json.get("leftRunning"));
        long total = ((Number) json.get("milliseconds")).longValue();
        long hooks = ((Number) json.get("hooksMilliseconds")).longValue();
        long dump = ((Number) json.get("dumpMilliseconds")).longValue();
        assertTrue(hooks > 0 && dump > 0 && hooks + dump <= total && total <= hooks + dump + 1, json.toString());
    }

    /** The rules are the program's, not the command's. */
    @Test
    void aStrictProgramRefusesWhatIsOpen() throws Exception {
        try (var strict =
                RunningProgram.hooked(Jdk.all().findFirst().orElseThrow(), true, "-Dcheckpointer.descriptors=strict")) {
            var arguments = new String[] {"checkpoint", strict.pidText(), "--to", image.toString(), "--tcp", "close"};
            strict.behave("connect-before");
            var refused = Cli.run(arguments);
            assertEquals(112, refused.status(), refused.errors());
            assertTrue(refused.errors().contains("refuses the checkpoint: cannot dump: descriptor "), refused.errors());
            assertTrue(refused.errors().contains("and checkpointer.descriptors=strict"), refused.errors());
            assertEquals(1, strict.count("after"), strict.output());
            strict.behave("");
            var done = Cli.run(arguments);
            assertEquals(0, done.status(), done.errors());
        }
    }

    @Test
    void aFailureOfAfterRestoreIsToldThoughThereIsAnImage() throws Exception {
        program.behave("throw-after");
        var ended = checkpoint("--leave-running");
        assertEquals(116, ended.status(), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
        assertTrue(ended.errors().contains("is finished, but process " + program.pid()), ended.errors());
        assertTrue(ended.errors().contains("java.lang.IllegalStateException: cannot wake up"), ended.errors());
        assertTrue(Files.exists(image.resolve(Manifest.FILE)));
        assertEquals(1, program.count("after"));
    }

    @Test
    void withoutHooksNobodyIsNotified() throws Exception {
        var ended = checkpoint("--leave-running", "--no-hooks", "--json");
        assertEquals(0, ended.status(), ended.errors());
        assertEquals("", ended.errors());
        assertEquals(false, ended.json().get("hooks"));
        assertEquals("none", ended.json().get("agent"));
        assertEquals(null, ended.json().get("hooksMilliseconds"));
        assertEquals(0, program.count("before"));
    }

    @Test
    void aResourceThatThrowsKeepsTheProgramFromBeingDumped() throws Exception {
        program.behave("throw-before");
        var ended = checkpoint();
        assertEquals(112, ended.status());
        assertEquals(
                "checkpointer: process " + program.pid()
                        + " refuses the checkpoint: java.lang.IllegalStateException: no dump now\n"
                        + "  Nothing was dumped, and the program goes on. Add --no-hooks to dump it without asking it.\n"
                        + "  caused by java.lang.Exception: the reason\n",
                ended.errors());
        assertGoesOn(1);
        assertFalse(Files.exists(image), "nothing was begun");

        program.behave("");
        assertEquals(0, checkpoint().status());
        Processes.awaitEnd(program.pid());
    }

    @Test
    void aResourceThatHangsIsGivenUpAtTheDeadline() throws Exception {
        program.behave("hang-before");
        var ended = checkpoint("--timeout", "300ms");
        assertEquals(114, ended.status(), ended.errors());
        assertTrue(ended.errors().contains(" was not ready to be dumped within 300 ms\n"), ended.errors());
        assertTrue(ended.errors().contains("has not come back within 0.3 s; it is at "), ended.errors());
        program.awaitLine("after");
        assertGoesOn(1);
    }

    @Test
    void aResourceThatEndsTheProgramIsTold() throws Exception {
        program.behave("exit-before");
        var ended = checkpoint();
        assertEquals(112, ended.status());
        assertTrue(
                ended.errors().contains("process " + program.pid() + " has ended during its before"), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
        assertFalse(Files.exists(image));
    }

    /** What a resource leaves open counts, and what it closed does not. */
    @Test
    void anObstacleAfterBeforeCheckpointBringsAfterRestore() throws Exception {
        program.behave("connect-before");
        var ended = checkpoint();
        assertEquals(112, ended.status());
        assertTrue(ended.errors().contains("cannot dump process " + program.pid() + ": descriptor "), ended.errors());
        assertTrue(ended.errors().contains("or add --tcp close to bring it back closed."), ended.errors());
        assertGoesOn(1);
        assertFalse(Files.exists(image), "nothing was begun");
    }

    @Test
    void aFailedDumpBringsAfterRestoreAndAnotherOneMayFollow() throws Exception {
        try (var small = new Tmpfs(directory.resolve("small"), "1m")) {
            image = small.directory().resolve("image");
            var failed = checkpoint();
            assertEquals(113, failed.status(), failed.errors());
            assertTrue(failed.errors().contains("  log: " + image.resolve("dump.log")), failed.errors());
            assertGoesOn(1);
            assertEquals(List.of("dump.log"), names());

            var grow = List.of(
                    "mount", "-o", "remount,size=512m", small.directory().toString());
            assertEquals(0, Processes.run(grow).status());
            var second = checkpoint("--leave-running");
            assertEquals(0, second.status(), second.errors());
            assertEquals(2, program.count("after"));
        }
    }

    private List<String> names() throws Exception {
        try (var files = Files.list(image)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void nobodyIsNotifiedWhenItIsKnownBeforeThatNothingCanBeDumped() throws Exception {
        assertEquals(0, checkpoint("--leave-running").status());
        var finished = checkpoint("--leave-running");
        assertEquals(112, finished.status());
        assertTrue(finished.errors().contains("already holds a finished image"), finished.errors());
        var engine = checkpoint("--overwrite", "--engine", "nonsense");
        assertEquals(112, engine.status());
        assertTrue(engine.errors().startsWith("checkpointer: there is no engine 'nonsense'\n"), engine.errors());
        assertEquals(1, program.count("before"));
    }

    /** The command ends by a signal while beforeCheckpoint runs, gently or not. */
    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void anInterruptionBringsAfterRestore(String signal) throws Exception {
        program.behave("slow-before");
        var command = start("checkpoint", program.pidText(), "--to", image.toString());
        try {
            Await.until("beforeCheckpoint", () -> program.count("before") == 1 || !command.isAlive());
            assertTrue(command.isAlive(), Files.readString(directory.resolve("command.txt")));
            assertEquals(
                    0,
                    Processes.run(List.of("kill", "-s", signal, Long.toString(command.pid())))
                            .status());
            Await.until("the end of the command", () -> !command.isAlive());
            if (signal.equals("INT")) {
                assertEquals(130, command.exitValue());
                assertEquals(1, program.count("after"), "afterRestore has run before the command ended");
            }
        } finally {
            command.destroyForcibly();
        }
        program.awaitLine("after");
        assertGoesOn(1);
        program.behave("");
        Await.until("another checkpoint", () -> checkpoint("--leave-running").status() == 0);
    }

    /** The suite may run where signals are ignored, as below nohup, and children inherit that. */
    private Process start(String... arguments) throws Exception {
        var all = new ArrayList<>(List.of("env", "--default-signal=INT"));
        all.add(Jdk.all().findFirst().orElseThrow().java().toString());
        all.addAll(List.of("-Djava.io.tmpdir=" + directory, "-cp"));
        all.addAll(List.of(Target.classPath(), Main.class.getName()));
        all.addAll(List.of(arguments));
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("command.txt").toFile())
                .start();
    }
}
