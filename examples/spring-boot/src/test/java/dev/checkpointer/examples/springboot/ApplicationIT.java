package dev.checkpointer.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.testkit.Jdk;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApplicationIT {
    private static final Pattern VALUE = Pattern.compile("StateController +: value (\\S+)");

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void springsOwnCheckpointOnRefreshIsRestoredWithTheBeansAsTheyWere(Jdk jdk) throws Exception {
        try (var application = start(jdk, "-Dspring.context.checkpoint=onRefresh")) {
            application.awaitEnd();
            var value = loggedValue(application);
            assertFalse(application.log().contains("Tomcat started"), application.log());

            application.restore();
            assertEquals(value, application.get("/value"));
            assertEquals("1", application.post("/count"));
            assertTrue(application.log().contains("Tomcat started"), application.log());
            application.end();

            application.restore();
            assertEquals(value, application.get("/value"));
            application.end();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void theRunningApplicationIsRestoredWithItsCountGoingOn(Jdk jdk) throws Exception {
        try (var application = start(jdk)) {
            var value = application.get("/value");
            assertEquals(loggedValue(application), value);
            assertEquals("1", application.post("/count"));
            assertEquals("2", application.post("/count"));

            assertEquals("{\"checkpoint\":\"follows\"}", application.post("/actuator/checkpoint"));
            application.awaitEnd();

            application.restore();
            assertEquals(value, application.get("/value"));
            assertEquals("3", application.post("/count"));
            assertTrue(application.get("/actuator/health").contains("\"UP\""));
            application.end();

            application.restore();
            assertEquals(value, application.get("/value"));
            assertEquals("3", application.post("/count"));
            application.end();
        }
    }

    private static ExampleProgram start(Jdk jdk, String... options) throws IOException {
        return ExampleProgram.start(jdk, List.of(options), List.of("--server.port=%port"));
    }

    private static String loggedValue(ExampleProgram application) throws IOException {
        var match = VALUE.matcher(application.log());
        assertTrue(match.find(), application.log());
        return match.group(1);
    }
}
