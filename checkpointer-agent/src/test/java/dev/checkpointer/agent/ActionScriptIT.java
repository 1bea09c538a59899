package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two plain lines of CRIU with the action script. */
class ActionScriptIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void notifiesAProgramWithResources(Jdk jdk) throws IOException {
        try (var program = AgentFixture.start(jdk, ResourceProgram.class)) {
            program.awaitLine("ready");
            var image = Criu.dump(program);
            assertEquals(1, program.count("before"));
            assertEquals(0, program.count("after"));
            assertFalse(Files.exists(program.socket()), "the socket is not part of the image");

            // Other JVMs remove the performance data of a program that has ended.
            var perfdata =
                    Path.of(Files.readString(image.resolve("perfdata.path")).strip());
            Files.deleteIfExists(perfdata);

            Criu.restore(program, image, AgentFixture.ACTIONS);
            assertEquals(1, program.count("after"));
            assertTrue(program.ask("status").contains("checkpoints=1 restores=1 last=restored"), program.ask("status"));
            assertEquals("ok restored\n", program.ask("after-restore"));
            assertEquals(1, program.count("after"));

            // And once more, from the restored one.
            var second = Criu.dump(program);
            Criu.restore(program, second, AgentFixture.ACTIONS);
            assertTrue(program.ask("status").contains("checkpoints=2 restores=2"), program.ask("status"));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void worksForAProgramThatHasNothingOfCheckpointer(Jdk jdk) throws IOException {
        var options = List.of("-javaagent:%agent=control=%control");
        try (var program = AgentFixture.start(jdk, true, options, PlainProgram.class)) {
            program.awaitSocket();
            program.awaitLine("count 3");
            var image = Criu.dump(program);
            long counted = program.output().lines().count();
            Criu.restore(program, image, AgentFixture.ACTIONS);
            program.awaitLine("count " + (counted + 3));
            assertEquals(1, program.count("count 0"));
            assertFalse(program.output().contains("WARNING"), program.output());
        }
    }

    @Test
    void keepsAProgramAliveThatStopsItsLastThread() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            program.behave("stop-before");
            var image = Criu.dump(program);
            Criu.restore(program, image, AgentFixture.ACTIONS);
            assertEquals(1, program.count("after"));
            assertTrue(program.ask("status").contains("last=restored"));
            program.behave("end");
            Processes.awaitEnd(program.pid());
        }
    }

    @Test
    void noticesByItselfThatItWasRestored() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            var image = Criu.dump(program);
            Criu.restore(
                    program, image, Criu.actionsAfter(program, "[ $CRTOOLS_SCRIPT_ACTION != post-resume ] || exit 0"));
            program.awaitLine("after");
            program.awaitStatus("last=restored");
            assertEquals(1, program.count("after"));
        }
    }

    @Test
    void undoesWhatItBeganWhenTheDumpFails() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            var failing = Criu.actionsAfter(program, "[ $CRTOOLS_SCRIPT_ACTION != post-dump ] || exit 1");
            var result = Criu.run("dump", program, Criu.newImage(program), failing);
            assertNotEquals(0, result.status());
            program.awaitLine("after");
            program.awaitStatus("last=dumper-ended");
            assertEquals(1, program.count("before"));
            assertEquals(1, program.count("after"));

            Criu.restore(program, Criu.dump(program), AgentFixture.ACTIONS);
        }
    }

    @Test
    void dumpsNothingWhenAResourceRefuses() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            program.behave("throw-before");
            var image = Criu.newImage(program);
            var result = Criu.run("dump", program, image, AgentFixture.ACTIONS);
            assertNotEquals(0, result.status());
            assertTrue(result.output().contains("java.lang.IllegalStateException: no dump\n"), result.output());
            assertTrue(result.output().contains("process " + program.pid() + " refuses the dump"), result.output());
            assertFalse(Files.exists(image.resolve("pstree.img")));
            assertEquals(1, program.count("after"));
            assertTrue(Processes.runs(program.pid()));
        }
    }

    @Test
    void tellsWhatFailedAfterTheRestore() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            program.behave("throw-after");
            var image = Criu.dump(program);
            var result = Criu.run("restore", program, image, AgentFixture.ACTIONS);
            assertTrue(result.output().contains("java.lang.IllegalStateException: cannot wake up"), result.output());
            assertTrue(Processes.runs(program.pid()));
        }
    }

    @Test
    void tellsWhenThereIsNoAgent() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, List.of(), PlainProgram.class)) {
            program.awaitLine("count 3");
            var result = Criu.run("dump", program, Criu.newImage(program), AgentFixture.ACTIONS);
            assertNotEquals(0, result.status());
            assertTrue(result.output().contains("runs without checkpointer's agent"), result.output());
            assertTrue(Processes.runs(program.pid()));
        }
    }

    /** An image may be somebody else's work, and root writes there. */
    @ParameterizedTest
    @ValueSource(strings = {"/victim", "/hsperfdata_x/../victim", "/hsperfdata_x/victim", "/hsperfdata_x/1/../victim"})
    void putsPerformanceDataNowhereElse(String place) throws IOException {
        var directory = AgentFixture.newDirectory();
        Files.createDirectories(directory.resolve("hsperfdata_x/1"));
        for (var victim : List.of("victim", "hsperfdata_x/victim")) {
            Files.writeString(directory.resolve(victim), "as it was");
        }
        Files.writeString(directory.resolve("perfdata"), "other");
        Files.writeString(directory.resolve("perfdata.path"), directory + place + "\n");
        var script = new ProcessBuilder(AgentFixture.ACTIONS.toString());
        script.environment()
                .putAll(Map.of(
                        "CRTOOLS_SCRIPT_ACTION", "pre-restore",
                        "CRTOOLS_INIT_PID", "1",
                        "CRTOOLS_IMAGE_DIR", directory.toString()));
        var result = Processes.run(script);
        assertEquals(1, result.status(), result.output());
        assertTrue(result.output().contains("do not restore it"), result.output());
        for (var victim : List.of("victim", "hsperfdata_x/victim")) {
            assertEquals("as it was", Files.readString(directory.resolve(victim)));
        }
    }

    @Test
    void isForCriuAlone() throws IOException {
        var result = Processes.run(List.of(AgentFixture.ACTIONS.toString()));
        assertEquals(2, result.status());
        assertTrue(result.output().contains("criu dump -t PID"), result.output());
    }
}
