package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command "checkpoint": the program dumps itself with the agent's engine. */
class SelfDumpIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void dumpsAProgramThatHasNothingOfCheckpointer(Jdk jdk) throws IOException {
        var options = List.of("-javaagent:%agent=control=%control");
        try (var program = AgentFixture.start(jdk, true, options, PlainProgram.class)) {
            program.awaitSocket();
            program.awaitLine("count 3");
            var image = program.directory().resolve("an image");
            assertEquals("ok the dump begins\n", program.ask("checkpoint \"" + image + "\""));
            Processes.awaitEnd(program.pid());
            assertTrue(Files.exists(image.resolve("manifest")));
            assertFalse(Files.exists(program.socket()));
            long counted = program.output().lines().count();

            var process = Path.of("/proc", Long.toString(program.pid()));
            Await.until("the PID to be free", () -> !Files.exists(process));
            var output = program.directory().resolve("restored.txt");
            var launcher = List.of(
                    System.getProperty("test.root") + "/bin/checkpointer",
                    "restore",
                    image.toString(),
                    "--detach",
                    "--output",
                    output.toString());
            var result = Processes.run(launcher);
            assertEquals(0, result.status(), result.output());
            program.awaitStatus("checkpoints=1 restores=1 last=restored");
            Await.until("it to count on", () -> lines(output).contains("count " + (counted + 1)));
        }
    }

    @Test
    void goesOnWhenItIsLeftRunning() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            var image = program.directory().resolve("image");
            assertEquals("ok the dump begins\n", program.ask("checkpoint " + image + " leave.running=true"));
            program.awaitStatus("restores=0 last=continued");
            assertEquals("ready\nbefore\nafter\n", program.output());
            var answer = program.ask("checkpoint " + image + " leave.running=true");
            assertEquals("ok the dump begins\n", answer);
            program.awaitStatus("last=failed");
            assertTrue(program.ask("status").contains("overwrite"), program.ask("status"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void usesTheClassesOfAProgramWithLoadersOfItsOwn(boolean below) throws IOException {
        var libraries = Target.classPath();
        // No class is being loaded when the agent comes.
        var quiet = "-Dcheckpointer.rehearse=false";
        var options = List.of("-Dcheckpointer.control=%control", "-Dlibraries=" + libraries, "-Dbelow=" + below, quiet);
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, options, OwnLoaderProgram.class)) {
            program.awaitLine("ready");
            var jcmd = AgentFixture.jdk().home().resolve("bin/jcmd").toString();
            var load = List.of(jcmd, Long.toString(program.pid()), "JVMTI.agent_load", AgentFixture.AGENT.toString());
            assertEquals(0, Processes.run(load).status());
            program.awaitSocket();
            assertEquals(
                    " dev.checkpointer.agent.ResourceProgram\nok resources=1\nok prepared for a dump\n",
                    program.ask("resources", "before-checkpoint"));
            assertEquals("ok aborted\n", program.ask("abort"));
            assertEquals("ready\nbefore\nafter\n", program.output());
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readString(file).lines().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
