package dev.checkpointer.examples.micronaut;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.testkit.Jdk;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The application with two dependencies more, for {@code org.crac} and what implements it. */
class HelloIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void countsOnWhileAClientIsConnected(Jdk jdk) throws Exception {
        var options =
                List.of("-Dmicronaut.server.port=%port", "-Dcheckpointer.at=signal:USR1", "-Dcheckpointer.tcp=close");
        try (var application = ExampleProgram.start(jdk, options, List.of());
                var client = application.connect()) {
            assertEquals("hello 1", client.get());
            application.checkpointBySignal();
            client.awaitEnd();

            application.restore();
            assertEquals("hello 2", application.get("/"));
            assertEquals("", application.log(), "nothing to complain of");
            application.end();
        }
    }
}
