package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Target;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JVM that gives its own standard streams to the program that it restores. */
class InheritedStreamsTest extends LauncherFixture {
    @ParameterizedTest
    @CsvSource({"detached, 0", "child, 5"})
    void streamsOfTheJvmAreThoseOfTheProgram(String mode, int status) throws Exception {
        Files.writeString(directory.resolve("input"), "echo hello\nexit 5\n");
        var java = Jdk.all().findFirst().orElseThrow().java().toString();
        var builder = new ProcessBuilder(List.of(
                        java,
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        Target.classPath(),
                        RestoringProgram.class.getName(),
                        image.toString(),
                        mode))
                .redirectInput(file("input"));
        var ended = ended(start(builder));
        assertEquals(status, ended.status(), ended.errors());
        awaitOutput("shutdown");
        assertTrue(read("out").matches("restored \\d+\nhello\nshutdown\n"), read("out"));
        assertEquals("complaint\n", read("err"), "nothing but what the program wrote");
    }
}
