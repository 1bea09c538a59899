package dev.checkpointer.examples.hello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.testkit.Jdk;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plain CRIU, the action script and the agent. */
class ActionScriptIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void countsOnAfterPlainCriuHasDumpedAndRestoredIt(Jdk jdk) throws Exception {
        try (var hello = ExampleProgram.start(jdk, List.of(ExampleProgram.agent(), "-Dport=%port"), List.of())) {
            assertTrue(hello.get("/").startsWith("visit 1 to "));
            hello.dumpByCriu();
            assertEquals(1, hello.count("told before the checkpoint, after 1 visits"));
            assertEquals(0, hello.count("told after the restore"));

            hello.restoreByCriu();
            hello.awaitLog("told after the restore, after 1 visits");
            assertTrue(hello.get("/").startsWith("visit 2 to "));
            hello.endByCriu();
            assertEquals(1, hello.count("told before the checkpoint"));
            assertEquals(1, hello.count("told after the restore"));
        }
    }
}
