package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two programs that were restored from one image do not draw the same random numbers. */
class FreshCloneIT {
    private static final Set<String> OF_THE_PROGRAM = Set.of("drbg", "random", "sha1prng", "split", "splittable");
    private static final Set<String> OF_THE_JDK =
            Set.of("fresh-splittable", "math", "other-thread", "shuffle", "thread-local");

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void withTheAgentOnlyWhatHasASeedOfItsOwnRepeats(Jdk jdk) throws Exception {
        var options = List.of("-javaagent:%agent=control=%control", "-Dwait=1500");
        try (var program = AgentFixture.start(jdk, true, options, DrawingProgram.class)) {
            program.awaitSocket();
            program.awaitLine("drawn");
            var image = program.directory().resolve("image");
            assertEquals("ok the dump begins\n", program.ask("checkpoint " + image));
            Processes.awaitEnd(program.pid());
            assertEquals(Set.of("seeded"), common(program, image));
            assertFalse(program.output().contains("draw the same numbers"), program.output());
        }
    }

    /** What the library alone reaches depends on the JDK. The rest is named in a warning. */
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void withoutTheAgentAWarningNamesWhatRepeats(Jdk jdk) throws Exception {
        var options = List.of("-Dself=true", "-Dcheckpointer.image=%directory/image");
        try (var program = AgentFixture.start(jdk, false, options, DrawingProgram.class)) {
            Processes.awaitEnd(program.pid());
            var expected = new TreeSet<>(OF_THE_PROGRAM);
            expected.add("seeded");
            assertTrue(program.output().contains("SecureRandom of the kinds SHA1PRNG and DRBG"), program.output());
            boolean all = program.output()
                    .contains("ThreadLocalRandom, Math.random, Collections.shuffle and a new SplittableRandom");
            assertEquals(feature(program) >= 24, all, program.output());
            if (all) {
                expected.addAll(OF_THE_JDK);
            }
            assertEquals(expected, common(program, program.directory().resolve("image")));
        }
    }

    private static int feature(AgentFixture program) {
        return program.output()
                .lines()
                .filter(line -> line.startsWith("feature "))
                .mapToInt(line -> Integer.parseInt(line.substring("feature ".length())))
                .findFirst()
                .orElseThrow();
    }

    /** The names of generators from which two clones draw the same number. */
    private static Set<String> common(AgentFixture program, Path image) throws IOException {
        Await.until("the PID to be free", () -> !Files.exists(Path.of("/proc", Long.toString(program.pid()))));
        var first = drawn(program, image, "one");
        var second = drawn(program, image, "two");
        assertEquals(first.keySet(), second.keySet());
        var names = new TreeSet<>(first.keySet());
        names.removeIf(name -> !first.get(name).equals(second.get(name)));
        return names;
    }

    private static Map<String, String> drawn(AgentFixture program, Path image, String name) throws IOException {
        var output = program.directory().resolve(name);
        var result = Processes.run(List.of(
                System.getProperty("test.root") + "/bin/checkpointer",
                "restore",
                image.toString(),
                "--pid-namespace",
                "always",
                "--env",
                "RESTORED=" + name,
                "--output",
                output.toString()));
        assertEquals(0, result.status(), result.output());
        var drawn = new LinkedHashMap<String, String>();
        for (var line : Files.readAllLines(output)) {
            if (line.contains("=")) {
                drawn.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
            }
        }
        assertTrue(drawn.size() >= 14, drawn::toString);
        var seen = drawn.remove("restored");
        var child = drawn.remove("child");
        assertEquals(seen.equals("null") ? "" : name, child);
        return drawn;
    }
}
