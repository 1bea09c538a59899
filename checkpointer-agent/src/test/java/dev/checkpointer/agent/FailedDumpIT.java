package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Plain CRIU fails behind pre-dump, or pre-dump itself does: the program goes on as if nothing had been. */
class FailedDumpIT {
    private AgentFixture program;

    @AfterEach
    void itWasToldOnceAndCanBeDumpedNow() throws IOException {
        try {
            program.awaitLine("after");
            program.awaitStatus("state=idle");
            assertEquals(1, program.count("before"));
            assertEquals(1, program.count("after"));
            program.behave("");
            Criu.restore(program, Criu.dump(program), AgentFixture.ACTIONS);
            program.awaitStatus("last=restored");
            assertEquals(2, program.count("after"));
        } finally {
            program.close();
        }
    }

    private void start(String... options) throws IOException {
        program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class, options);
        program.awaitLine("ready");
    }

    @Test
    void criuItselfCannotDumpIt() throws IOException {
        start();
        // A file lock that CRIU was not told of: it finds that out after pre-dump.
        program.behave("lock-before");
        var image = Criu.newImage(program);
        var result = Criu.run("dump", program, image, AgentFixture.ACTIONS);
        assertNotEquals(0, result.status());
        assertTrue(result.output().contains("lock"), result.output());
        program.awaitStatus("last=dumper-ended");
    }

    @Test
    void criuIsKilledAfterPreDump() throws IOException {
        start();
        var killed = Criu.actionsAfter(
                program,
                "if [ $CRTOOLS_SCRIPT_ACTION = pre-dump ]; then '" + AgentFixture.ACTIONS
                        + "' && kill -s KILL $PPID; exit; fi");
        var result = Criu.run("dump", program, Criu.newImage(program), killed);
        assertEquals(137, result.status(), result.output());
        program.awaitStatus("last=dumper-ended");
    }

    @Test
    void aResourceHangs() throws IOException {
        start("-Dcheckpointer.timeout=500ms");
        program.behave("hang-before");
        var image = Criu.newImage(program);
        var result = Criu.run("dump", program, image, AgentFixture.ACTIONS);
        assertNotEquals(0, result.status());
        assertTrue(result.output().contains("has not come back within 0.5 s"), result.output());
        assertFalse(Files.exists(image.resolve("pstree.img")));
        program.awaitStatus("last=failed");
    }
}
