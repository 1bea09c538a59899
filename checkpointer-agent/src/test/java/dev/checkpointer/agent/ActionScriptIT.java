package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The two plain lines of CRIU with the action script. */
class ActionScriptIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void notifiesAProgramWithResources(Jdk jdk) throws IOException {
        try (var program = AgentFixture.start(jdk, ResourceProgram.class)) {
            program.awaitLine("ready");
            var image = dump(program);
            assertEquals(1, program.count("before"));
            assertEquals(0, program.count("after"));
            assertFalse(Files.exists(program.socket()), "the socket is not part of the image");

            // Other JVMs remove the performance data of a program that has ended.
            var perfdata =
                    Path.of(Files.readString(image.resolve("perfdata.path")).strip());
            Files.deleteIfExists(perfdata);

            restore(program, image, AgentFixture.ACTIONS);
            assertEquals(1, program.count("after"));
            assertTrue(program.ask("status").contains("checkpoints=1 restores=1 last=restored"), program.ask("status"));
            assertEquals("ok restored\n", program.ask("after-restore"));
            assertEquals(1, program.count("after"));

            // And once more, from the restored one.
            var second = dump(program);
            restore(program, second, AgentFixture.ACTIONS);
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
            var image = dump(program);
            long counted = program.output().lines().count();
            restore(program, image, AgentFixture.ACTIONS);
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
            var image = dump(program);
            restore(program, image, AgentFixture.ACTIONS);
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
            var image = dump(program);
            restore(program, image, script(program, "[ $CRTOOLS_SCRIPT_ACTION != post-resume ] || exit 0"));
            program.awaitLine("after");
            program.awaitStatus("last=restored");
            assertEquals(1, program.count("after"));
        }
    }

    @Test
    void undoesWhatItBeganWhenTheDumpFails() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            var failing = script(program, "[ $CRTOOLS_SCRIPT_ACTION != post-dump ] || exit 1");
            var result = criu("dump", program, newImage(program), failing);
            assertNotEquals(0, result.status());
            program.awaitLine("after");
            program.awaitStatus("last=dumper-ended");
            assertEquals(1, program.count("before"));
            assertEquals(1, program.count("after"));

            restore(program, dump(program), AgentFixture.ACTIONS);
        }
    }

    @Test
    void dumpsNothingWhenAResourceRefuses() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            program.behave("throw-before");
            var image = newImage(program);
            var result = criu("dump", program, image, AgentFixture.ACTIONS);
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
            var image = dump(program);
            var result = criu("restore", program, image, AgentFixture.ACTIONS);
            assertTrue(result.output().contains("java.lang.IllegalStateException: cannot wake up"), result.output());
            assertTrue(Processes.runs(program.pid()));
        }
    }

    @Test
    void tellsWhenThereIsNoAgent() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, List.of(), PlainProgram.class)) {
            program.awaitLine("count 3");
            var result = criu("dump", program, newImage(program), AgentFixture.ACTIONS);
            assertNotEquals(0, result.status());
            assertTrue(result.output().contains("runs without checkpointer's agent"), result.output());
            assertTrue(Processes.runs(program.pid()));
        }
    }

    @Test
    void isForCriuAlone() throws IOException {
        var result = Processes.run(List.of(AgentFixture.ACTIONS.toString()));
        assertEquals(2, result.status());
        assertTrue(result.output().contains("criu dump -t PID"), result.output());
    }

    private static Path dump(AgentFixture program) throws IOException {
        var image = newImage(program);
        var result = criu("dump", program, image, AgentFixture.ACTIONS);
        assertEquals(0, result.status(), result.output());
        Processes.awaitEnd(program.pid());
        return image;
    }

    private static void restore(AgentFixture program, Path image, Path actions) throws IOException {
        // It is free when the parent has collected the process, be it PID 1.
        var process = Path.of("/proc", Long.toString(program.pid()));
        Await.until("the PID " + program.pid() + " to be free", () -> !Files.exists(process));
        var result = criu("restore", program, image, actions);
        assertEquals(0, result.status(), result.output());
    }

    private static Processes.Result criu(String verb, AgentFixture program, Path image, Path actions)
            throws IOException {
        var command = new ArrayList<>(List.of(criu(), verb));
        command.addAll(verb.equals("dump") ? List.of("-t", Long.toString(program.pid())) : List.of("-d"));
        command.addAll(Arrays.asList("--action-script", actions.toString(), "-D", image.toString(), "-j"));
        return Processes.run(command);
    }

    private static String criu() {
        var own = Path.of("/opt/checkpointer/bin/criu");
        var named = System.getenv("CHECKPOINTER_CRIU");
        return named != null ? named : Files.exists(own) ? own.toString() : "criu";
    }

    private static Path newImage(AgentFixture program) throws IOException {
        return Files.createTempDirectory(program.directory(), "image");
    }

    /** The action script with something before it. */
    private static Path script(AgentFixture program, String first) throws IOException {
        var text = "#!/bin/sh\n" + first + "\nexec '" + AgentFixture.ACTIONS + "'\n";
        var file = Files.writeString(Files.createTempFile(program.directory(), "actions", ".sh"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
