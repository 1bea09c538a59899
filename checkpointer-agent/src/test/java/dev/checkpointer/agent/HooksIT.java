package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HooksIT {
    private AgentFixture program;

    @BeforeEach
    void start() throws IOException {
        program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class);
        program.awaitLine("ready");
    }

    @AfterEach
    void end() throws IOException {
        program.close();
    }

    @Test
    void tellsWhyAResourceRefuses() throws IOException {
        program.behave("throw-before");
        assertEquals(
                " java.lang.IllegalStateException: no dump\n now\n caused by java.lang.Exception: the reason\n"
                        + "error nothing was prepared\n",
                program.ask("before-checkpoint"));
        assertEquals(1, program.count("after"));
        program.behave("");
        assertEquals("ok prepared for a dump\n", program.ask("before-checkpoint"));
        assertEquals("ok continued\n", program.ask("after-restore"));
        assertEquals("ok continued\n", program.ask("after-restore"));
        assertEquals(2, program.count("after"));
    }

    @Test
    void tellsWhatFailedAfterwards() throws IOException {
        program.behave("throw-after");
        program.ask("before-checkpoint");
        var answer =
                " java.lang.IllegalStateException: cannot wake up\nerror continued, but 1 failure(s) in afterRestore\n";
        assertEquals(answer, program.ask("after-restore"));
        assertEquals(answer, program.ask("after-restore"));
        assertEquals(1, program.count("after"));
    }

    @Test
    void givesUpOnAResourceThatHangs() throws IOException {
        program.behave("hang-before");
        var answer = program.ask("before-checkpoint timeout=300ms");
        assertTrue(answer.contains("has not come back within 0.3 s; it is at"), answer);
        assertTrue(answer.endsWith("error nothing was prepared\n"), answer);
        // The interruption got through to it.
        program.awaitLine("after");
        program.behave("");
        Await.until("another checkpoint", () -> {
            try {
                return program.ask("before-checkpoint").startsWith("ok");
            } catch (IOException e) {
                return false;
            }
        });
        assertEquals("ok aborted\n", program.ask("abort"));
    }

    @Test
    void answersNothingWhenAResourceEndsTheProgram() throws IOException {
        program.behave("exit-before");
        assertEquals("", program.ask("before-checkpoint"));
        Processes.awaitEnd(program.pid());
    }

    @Test
    void endsByItselfWhenNoDumpComes() throws IOException {
        assertEquals("ok prepared for a dump\n", program.ask("before-checkpoint timeout=3s"));
        program.awaitLine("after");
        program.awaitStatus("last=timed-out");
    }

    @Test
    void endsByItselfWhenTheDumperHasEnded() throws Exception {
        var dumper = new ProcessBuilder("sleep", "600").start();
        try {
            assertEquals("ok prepared for a dump\n", program.ask("before-checkpoint dumper=" + dumper.pid()));
            assertEquals(0, program.count("after"));
        } finally {
            dumper.destroyForcibly();
            dumper.waitFor();
        }
        program.awaitLine("after");
        program.awaitStatus("last=dumper-ended");
        assertEquals("ok the dumping process has ended\n", program.ask("after-restore"));
        assertEquals(1, program.count("after"));
    }

    @Test
    void tellsInTheStatusWhyItDidNotDumpItself() throws IOException {
        var answer = program.ask("checkpoint /proc/nowhere/image");
        assertEquals("ok the dump begins\n", answer);
        program.awaitStatus("last=failed");
        assertTrue(program.ask("status").contains("/proc/nowhere"), program.ask("status"));
        assertEquals(1, program.count("after"));
    }
}
