package dev.checkpointer.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.testkit.Jdk;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plain CRIU, the action script and the agent; Spring tells in its log that it was notified. */
class ActionScriptIT {
    private static final String BEFORE = "Stopping Spring-managed lifecycle beans before JVM checkpoint";
    private static final String AFTER = "Restarting Spring-managed lifecycle beans after JVM restore";

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void answersAsBeforeAfterPlainCriuHasDumpedAndRestoredIt(Jdk jdk) throws Exception {
        var arguments = List.of(
                "--server.port=%port",
                "--logging.level.org.springframework.context.support.DefaultLifecycleProcessor=debug");
        try (var application = ExampleProgram.start(jdk, List.of(ExampleProgram.agent()), arguments)) {
            var value = application.get("/value");
            assertEquals("1", application.post("/count"));
            application.dumpByCriu();
            assertEquals(1, application.count(BEFORE), application.log());
            assertEquals(0, application.count(AFTER), application.log());

            application.restoreByCriu();
            application.awaitLog(AFTER);
            assertEquals(value, application.get("/value"));
            assertEquals("2", application.post("/count"));
            assertTrue(application.get("/actuator/health").contains("\"UP\""));
            application.endByCriu();
            assertEquals(1, application.count(BEFORE), application.log());
            assertEquals(1, application.count(AFTER), application.log());
        }
    }
}
