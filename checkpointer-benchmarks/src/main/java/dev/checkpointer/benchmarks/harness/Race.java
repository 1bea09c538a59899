package dev.checkpointer.benchmarks.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets contestants run in turn, each once in a round. The order changes from round to round, so that none runs always after the
 * same one, and what the machine does beside meets all of them. One that fails is left out from then on. For use by one thread.
 */
public final class Race {
    private static final int LOG_LINES = 15;
    private static final int REPETITIONS = 2;
    private static final Pauses PAUSES = new Pauses();
    private static final int MOST_LOG_BYTES = 64 * 1024;

    private final String title;
    private final List<Contestant> contestants;
    private final Console console;
    private final Map<Contestant, Map<Integer, Sample>> samples = new LinkedHashMap<>();
    private final List<Failure> failures = new ArrayList<>();

    /**
     * Gets ready.
     *
     * @param title what is compared
     * @param contestants in the order of the tables
     * @param console where progress is told
     */
    public Race(String title, List<? extends Contestant> contestants, Console console) {
        this.title = title;
        this.contestants = List.copyOf(contestants);
        this.console = console;
    }

    /**
     * Runs all rounds.
     *
     * @param rounds how many
     * @return this
     * @throws InterruptedException when this thread is interrupted
     */
    public Race run(int rounds) throws InterruptedException {
        var able = new ArrayList<Contestant>();
        try {
            for (var contestant : contestants) {
                console.note(title + ": preparing " + contestant.name());
                if (attempt(contestant, contestant::prepare)) {
                    able.add(contestant);
                }
            }
            for (int round = 0; round < rounds; round++) {
                console.note(title + ": round " + (round + 1) + " of " + rounds);
                for (var contestant : order(able, round)) {
                    if (!run(contestant, round)) {
                        able.remove(contestant);
                    }
                }
            }
        } finally {
            for (var contestant : contestants) {
                attempt(contestant, contestant::close);
            }
        }
        return this;
    }

    /** Begins with another one each time, and goes backwards every second time. */
    static <T> List<T> order(List<T> contestants, int round) {
        var order = new ArrayList<>(contestants);
        Collections.rotate(order, -round);
        if (round % 2 == 1 && !order.isEmpty()) {
            Collections.reverse(order.subList(1, order.size()));
        }
        return order;
    }

    private boolean run(Contestant contestant, int round) throws InterruptedException {
        return attempt(contestant, () -> {
            var sample = undisturbed(contestant);
            samples.computeIfAbsent(contestant, key -> new TreeMap<>()).put(round, sample);
        });
    }

    /** A run during which this process stood still is repeated, also when it failed. */
    private Sample undisturbed(Contestant contestant) throws Exception {
        for (int left = REPETITIONS; ; left--) {
            PAUSES.reset();
            try {
                var sample = contestant.run();
                if (PAUSES.seconds() == 0 || left == 0) {
                    return sample;
                }
            } catch (IOException e) {
                if (PAUSES.seconds() == 0 || left == 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
            console.note(title + ": " + contestant.name() + " runs again, since the benchmark stood still for "
                    + PAUSES.seconds() + " s");
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private boolean attempt(Contestant contestant, Step step) throws InterruptedException {
        try {
            step.run();
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            var message = e.getMessage() == null || !(e instanceof IOException) ? e.toString() : e.getMessage();
            var failure = new Failure(
                    title + ": " + contestant.name(),
                    message,
                    contestant.log().map(Race::lastLines).orElse(List.of()));
            failures.add(failure);
            console.failed(failure);
            return false;
        }
    }

    private static List<String> lastLines(Path log) {
        try {
            var bytes = Files.readAllBytes(log);
            int from = Math.max(0, bytes.length - MOST_LOG_BYTES);
            var lines = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
        } catch (IOException e) {
            return List.of("the log cannot be read: " + e);
        }
    }

    /**
     * What was measured.
     *
     * @return a comparison for each metric, in the order in which they came
     */
    public List<Comparison> comparisons() {
        var metrics = new LinkedHashSet<Metric>();
        samples.values()
                .forEach(rounds -> rounds.values()
                        .forEach(sample -> metrics.addAll(sample.values().keySet())));
        return metrics.stream().map(this::comparison).toList();
    }

    private Comparison comparison(Metric metric) {
        var series = new ArrayList<Series>();
        for (var contestant : contestants) {
            var values = new TreeMap<Integer, Double>();
            samples.getOrDefault(contestant, Map.of()).forEach((round, sample) -> {
                var value = sample.values().get(metric);
                if (value != null) {
                    values.put(round, value);
                }
            });
            if (!values.isEmpty()) {
                series.add(new Series(contestant.name(), values));
            }
        }
        return new Comparison(title, metric, series);
    }

    /**
     * Who failed.
     *
     * @return the failures in the order in which they came
     */
    public List<Failure> failures() {
        return List.copyOf(failures);
    }
}
