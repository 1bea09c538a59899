package dev.checkpointer.benchmarks.harness;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that was measured, as JSON. For use by one thread. */
public final class Report {
    private final Map<String, Object> machine;
    private final Map<String, List<Comparison>> suites = new LinkedHashMap<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<Bound> bounds = new ArrayList<>();

    /**
     * Begins an empty one.
     *
     * @param machine facts that the figures depend on
     */
    public Report(Map<String, Object> machine) {
        this.machine = new LinkedHashMap<>(machine);
    }

    /**
     * Adds what a race gave.
     *
     * @param suite the suite's name
     * @param race after its rounds
     */
    public void add(String suite, Race race) {
        add(suite, race.comparisons());
        failures.addAll(race.failures());
    }

    /**
     * Adds what was measured elsewhere.
     *
     * @param suite the suite's name
     * @param comparisons in the order of the tables
     */
    public void add(String suite, List<Comparison> comparisons) {
        suites.computeIfAbsent(suite, key -> new ArrayList<>()).addAll(comparisons);
    }

    /**
     * Adds bounds that were looked at.
     *
     * @param looked whether they hold or not
     */
    public void add(List<Bound> looked) {
        bounds.addAll(looked);
    }

    /**
     * What was measured.
     *
     * @return all comparisons of all suites
     */
    public List<Comparison> comparisons() {
        return suites.values().stream().flatMap(List::stream).toList();
    }

    /**
     * Who failed.
     *
     * @return nobody when all is well
     */
    public List<Failure> failures() {
        return List.copyOf(failures);
    }

    /**
     * Writes it.
     *
     * @param file made or replaced
     * @throws IOException when it cannot be written
     */
    public void write(Path file) throws IOException {
        var document = new LinkedHashMap<String, Object>();
        document.put("machine", machine);
        var measured = new ArrayList<Object>();
        suites.forEach((suite, comparisons) -> comparisons.forEach(one -> measured.add(comparison(suite, one))));
        document.put("comparisons", measured);
        document.put("bounds", bounds.stream().map(Report::bound).toList());
        document.put("failures", failures.stream().map(Report::failure).toList());
        var text = JSON.std
                .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
                .asString(document);
        Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
    }

    private static Map<String, Object> comparison(String suite, Comparison comparison) {
        var object = new LinkedHashMap<String, Object>();
        object.put("suite", suite);
        object.put("title", comparison.title());
        object.put("metric", comparison.metric().name());
        object.put("unit", comparison.metric().unit().symbol());
        object.put(
                "contestants",
                comparison.series().stream()
                        .map(series -> contestant(comparison, series))
                        .toList());
        return object;
    }

    private static Map<String, Object> contestant(Comparison comparison, Series series) {
        var object = new LinkedHashMap<String, Object>();
        object.put("contestant", series.contestant());
        object.put("median", series.median());
        object.put("minimum", series.minimum());
        object.put("maximum", series.maximum());
        var ratio = series.ratioTo(comparison.first());
        object.put("ratio", ratio.isPresent() ? ratio.getAsDouble() : null);
        object.put("runs", new ArrayList<>(series.values().values()));
        return object;
    }

    private static Map<String, Object> bound(Bound bound) {
        var object = new LinkedHashMap<String, Object>();
        object.put("bound", bound.text());
        object.put("limit", bound.limit());
        object.put("measured", bound.measured().isPresent() ? bound.measured().getAsDouble() : null);
        object.put("holds", bound.measured().isPresent() ? bound.holds() : null);
        return object;
    }

    private static Map<String, Object> failure(Failure failure) {
        var object = new LinkedHashMap<String, Object>();
        object.put("contestant", failure.contestant());
        object.put("message", failure.message());
        object.put("log", failure.log());
        return object;
    }
}
