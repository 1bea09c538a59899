package dev.checkpointer.examples.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.testkit.Jdk;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that know nothing of checkpoints, while clients hold connections open to them. */
class ServersIT {
    private static final int REFUSED = 112;

    @ParameterizedTest
    @MethodSource("serversOnEveryJdk")
    void clientsConnectAgainAndTheServerIsNotDisturbed(String name, Jdk jdk) throws Exception {
        try (var server = ExampleProgram.start(jdk, List.of(), List.of(name, "%port"));
                var first = server.connect();
                var second = server.connect()) {
            assertEquals("visit 1", first.get());
            assertEquals("visit 2", second.get());
            assertRefusedByName(server);
            assertEquals("visit 3", first.get());
            assertEquals("visit 4", second.get());

            var done = server.checkpoint("--tcp", "close");
            assertEquals(0, done.status(), done.output());
            first.awaitEnd();
            second.awaitEnd();

            server.restore();
            try (var again = server.connect()) {
                assertEquals("visit 5", again.get());
                server.awaitIdle();
                assertEquals("visit 6", again.get());
                assertEquals("", server.log(), "nothing to complain of");
            }
            server.end();
        }
    }

    private static void assertRefusedByName(ExampleProgram server) throws IOException {
        var refused = server.checkpoint();
        assertEquals(REFUSED, refused.status(), refused.output());
        assertTrue(refused.output().contains(" is a connected TCP socket to 127.0.0.1:"), refused.output());
        assertTrue(refused.output().contains("add --tcp close to bring it back closed"), refused.output());
    }

    static Stream<Arguments> serversOnEveryJdk() {
        return Stream.of("tomcat", "jetty", "netty").flatMap(name -> Jdk.all().map(jdk -> Arguments.of(name, jdk)));
    }
}
