package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an agent does that has nothing to do. */
class RestIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void itsThreadsSleepForGood(Jdk jdk) throws IOException, InterruptedException {
        var options = List.of("-javaagent:%agent=control=%control,at=log:never said");
        try (var program = AgentFixture.start(jdk, true, options, PlainProgram.class)) {
            program.awaitSocket();
            Await.until(
                    "the threads",
                    () -> switches(program.pid()).keySet().stream()
                            .map(name -> name.split(" ")[1])
                            .collect(Collectors.toSet())
                            .equals(Set.of("checkpointer-co", "checkpointer-tr")));
            Thread.sleep(500); // they are about to fall asleep
            var before = switches(program.pid());
            Thread.sleep(3000);
            assertEquals(before, switches(program.pid()));
            assertTrue(before.size() == 2, before::toString);
        }
    }

    /** How often each thread of the agent was put to sleep or interrupted by the kernel. */
    private static Map<String, String> switches(long pid) {
        var switches = new TreeMap<String, String>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var task : tasks) {
                var name = Files.readString(task.resolve("comm")).strip();
                if (name.startsWith("checkpointer")) {
                    var counts = Files.readAllLines(task.resolve("status")).stream()
                            .filter(line -> line.contains("ctxt_switches"))
                            .collect(Collectors.joining(" "));
                    switches.put(task.getFileName() + " " + name, counts);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return switches;
    }
}
