package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Whoever prepares a dump does not say who dumps: the control socket stays open, and is in the image. */
class WithoutDumperIT {
    @Test
    void theImageHasTheSocketAndTheRestoredProgramAnswersThere() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            assertEquals("ok prepared for a dump\n", program.ask("before-checkpoint"));
            var image = Criu.newImage(program);
            var dump = Criu.run("dump", program, image);
            assertEquals(0, dump.status(), dump.output());
            Processes.awaitEnd(program.pid());
            assertEquals(0, program.count("after"));
            assertTrue(Files.exists(program.socket()), "nobody removes its name");

            Criu.awaitFree(program.pid());
            var restore = Criu.run("restore", program, image);
            assertEquals(0, restore.status(), restore.output());
            // The program notices by itself and opens the socket anew; who comes in that moment gets no answer.
            program.awaitStatus("last=restored");
            assertEquals("ok restored\n", program.ask("after-restore"));
            assertEquals("ok restored\n", program.ask("after-restore"));
            assertEquals(1, program.count("after"));
            assertTrue(program.ask("status").contains("checkpoints=1 restores=1 last=restored"));
            assertEquals("ok prepared for a dump\n", program.ask("before-checkpoint"));
            assertEquals("ok aborted\n", program.ask("abort"));
        }
    }
}
