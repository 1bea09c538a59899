package dev.checkpointer.examples.quarkus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.testkit.Jdk;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The application as Quarkus packs it, with the agent on its command line. */
class HelloIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void countsOnWhileAClientIsConnected(Jdk jdk) throws Exception {
        var options = List.of(ExampleProgram.agent(), "-Dquarkus.http.port=%port");
        try (var application = ExampleProgram.start(jdk, options, List.of());
                var client = application.connect()) {
            assertEquals("hello 1", client.get());
            var done = application.checkpoint("--tcp", "close");
            assertEquals(0, done.status(), done.output());
            client.awaitEnd();

            application.restore();
            assertEquals("hello 2", application.get("/"));
            assertEquals("", application.log(), "nothing to complain of");
            application.end();
        }
    }
}
