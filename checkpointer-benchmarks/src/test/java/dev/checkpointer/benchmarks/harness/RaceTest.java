package dev.checkpointer.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaceTest {
    private static final Metric TIME = Metric.time("time");

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(told, true), new PrintStream(told, true));
    private final List<String> ran = new ArrayList<>();

    @TempDir
    private Path directory;

    private final class Fixed implements Contestant {
        private final String name;
        private final List<Double> values;
        private int run;

        Fixed(String name, Double... values) {
            this.name = name;
            this.values = List.of(values);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Sample run() throws IOException {
            ran.add(name);
            if (run == values.size()) {
                throw new IOException("no more");
            }
            return Sample.of(TIME, values.get(run++));
        }

        @Override
        public Optional<Path> log() {
            return Optional.of(directory.resolve("log"));
        }

        @Override
        public void close() {
            ran.add(name + " closed");
        }
    }

    @Test
    void theOrderChangesFromRoundToRound() {
        var names = List.of("a", "b", "c");
        assertEquals(List.of("a", "b", "c"), Race.order(names, 0));
        assertEquals(List.of("b", "a", "c"), Race.order(names, 1));
        assertEquals(List.of("c", "a", "b"), Race.order(names, 2));
        assertEquals(List.of("a", "c", "b"), Race.order(names, 3));
        assertEquals(List.of(), Race.order(List.of(), 1), "all have failed");
    }

    @Test
    void ratiosAreThoseOfTheSameRound() throws Exception {
        var race = new Race("race", List.of(new Fixed("a", 10.0, 20.0, 40.0), new Fixed("b", 1.0, 4.0, 10.0)), console)
                .run(3);
        var comparison = race.comparisons().get(0);
        var other = comparison.of("b").orElseThrow();
        assertEquals(4.0, other.median());
        assertEquals(1.0, other.minimum());
        assertEquals(10.0, other.maximum());
        assertEquals(OptionalDouble.of(0.2), other.ratioTo(comparison.first()), "of 0.1, 0.2 and 0.25");
        assertEquals("5.00x sooner", TextTable.ratio(other.ratioTo(comparison.first()), Metric.Unit.MILLISECONDS));
    }

    @Test
    void oneThatFailsIsLeftOutAndToldOfWithItsLog() throws Exception {
        Files.writeString(directory.resolve("log"), "the reason\n");
        var race = new Race("race", List.of(new Fixed("a", 1.0, 2.0, 3.0), new Fixed("b", 1.0)), console).run(3);
        assertEquals(List.of("a", "b", "b", "a", "a", "a closed", "b closed"), ran);
        assertEquals(List.of(new Failure("race: b", "no more", List.of("the reason"))), race.failures());
        var text = told.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("FAILED: race: b: no more\n  the reason\n"), text);
    }

    @Test
    void boundsTellWhetherTheyHold() {
        var cold = Optional.of(new Series("cold", Map.of(0, 100.0)));
        var restored = Optional.of(new Series("restored", Map.of(0, 2.0)));
        assertEquals(
                "bound: sooner than cold at least 40.00x, measured 50.00x, holds",
                Bound.of("sooner than cold", true, 40, cold, restored).toString());
        assertEquals(
                "bound: as cold at most 1.10x, not measured",
                Bound.of("as cold", false, 1.1, cold, Optional.empty()).toString());
    }
}
