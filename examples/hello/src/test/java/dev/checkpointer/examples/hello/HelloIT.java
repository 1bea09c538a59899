package dev.checkpointer.examples.hello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.testkit.Jdk;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelloIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void countsOnInEveryProcessThatIsRestoredFromTheImage(Jdk jdk) throws Exception {
        try (var hello = ExampleProgram.start(jdk, List.of("-Dport=%port"), List.of())) {
            var first = hello.get("/");
            var id = id(first);
            assertEquals("visit 1 to " + id + ", prime 3", first);
            assertEquals("visit 2 to " + id + ", prime 5", hello.get("/"));

            assertEquals("checkpoint follows", hello.post("/checkpoint"));
            hello.awaitEnd();
            assertTrue(hello.log().contains("told before the checkpoint, after 2 visits"), hello.log());
            assertFalse(hello.log().contains("told after"), hello.log());

            hello.restore();
            assertEquals("visit 3 to " + id + ", prime 7", hello.get("/"));
            assertEquals("visit 4 to " + id + ", prime 11", hello.get("/"));
            assertTrue(hello.log().contains("told after the restore, after 2 visits"), hello.log());
            hello.end();

            // The image is as it was.
            hello.restore();
            assertEquals("visit 3 to " + id + ", prime 7", hello.get("/"));
            hello.end();
        }
    }

    private static String id(String answer) {
        return answer.replaceFirst(".* to (.*),.*", "$1");
    }
}
