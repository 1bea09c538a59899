package dev.checkpointer.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All suites in their short form, as the command runs them. What they measure is not looked at. */
class BenchIT {
    private static final long DEADLINE_SECONDS = 300;
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");

    @TempDir
    private Path directory;

    @Test
    void everySuiteHasAResultForEachContestant() throws Exception {
        var json = directory.resolve("bench.json");
        var picture = directory.resolve("bench.svg");
        var output = run(
                "--small",
                "--runs",
                "1",
                "--example",
                "hello",
                "--json",
                json.toString(),
                "--picture",
                picture.toString());

        var document = JSON.std.mapFrom(Files.readString(json));
        assertEquals(List.of(), document.get("failures"), output);
        assertEquals(Set.of("start", "dump", "scale", "engines", "micro"), new TreeSet<>(all(document, "suite")));
        assertEquals(
                List.of(
                        "criu restore",
                        "restored",
                        "restored lazily",
                        "restored, image map --learn",
                        "standby, manager"),
                contestants(document, "hello", "until the command returned"));
        assertEquals(
                List.of("criu", "criu-exec", "criu-rpc", "libcriu"),
                contestants(document, "engines", "start to the first HTTP 200"));
        assertEquals(
                List.of("criu dump", "heap kept", "heap shrunk", "heap shrunk, exported (zstd)"),
                contestants(document, "dump, live heap of 16 MB", "image"));
        var drawn = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(picture.toFile());
        assertEquals("svg", drawn.getDocumentElement().getTagName());
        var texts = drawn.getElementsByTagName("text");
        var words = IntStream.range(0, texts.getLength())
                .mapToObj(i -> texts.item(i).getTextContent())
                .collect(Collectors.toSet());
        assertTrue(words.contains("standby, SIGCONT"), words::toString);
    }

    @Test
    void aContestantThatFailsIsNamed() throws Exception {
        var json = directory.resolve("bench.json");
        var process = process(
                List.of("-Dcheckpointer.criu=/bin/false"),
                "engines",
                "--only",
                "criu-exec",
                "--small",
                "--runs",
                "1",
                "--json",
                json.toString());
        var started = process.start();
        assertTrue(started.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS));
        var output = Files.readString(log());
        assertEquals(1, started.exitValue(), output);
        assertTrue(output.contains("FAILED: engines: criu-exec"), output);
        assertFalse(((List<?>) JSON.std.mapFrom(Files.readString(json)).get("failures")).isEmpty());
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        var process = process(List.of(), arguments).start();
        try {
            assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "the benchmark is still running");
        } finally {
            process.destroy();
        }
        var output = Files.readString(log());
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    private Path log() {
        return directory.resolve("bench.log");
    }

    private ProcessBuilder process(List<String> options, String... arguments) {
        var command = new ArrayList<>(List.of(JAVA.toString(), "-XX:-UsePerfData", "-Djava.io.tmpdir=" + directory));
        command.add("-Dbench.root=" + System.getProperty("test.root"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("test.lib") + "/*", Bench.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile());
    }

    private static List<String> all(Map<String, Object> document, String key) {
        return comparisons(document).stream()
                .map(comparison -> (String) comparison.get(key))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> comparisons(Map<String, Object> document) {
        return (List<Map<String, Object>>) document.get("comparisons");
    }

    @SuppressWarnings("unchecked")
    private static List<String> contestants(Map<String, Object> document, String title, String metric) {
        var comparison = comparisons(document).stream()
                .filter(one ->
                        one.get("title").equals(title) && one.get("metric").equals(metric))
                .findFirst()
                .orElseThrow();
        return ((List<Map<String, Object>>) comparison.get("contestants"))
                .stream().map(one -> (String) one.get("contestant")).toList();
    }
}
