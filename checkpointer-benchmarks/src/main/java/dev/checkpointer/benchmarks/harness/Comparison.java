package dev.checkpointer.benchmarks.harness;

import java.util.List;
import java.util.Optional;

/**
 * What several contestants gave for one metric. The first of them is what the others are compared with.
 *
 * @param title whose values these are
 * @param metric what was measured
 * @param series those of the contestants, at least one
 */
public record Comparison(String title, Metric metric, List<Series> series) {
    /** Copies. */
    public Comparison {
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException(title + " has no contestants");
        }
    }

    /**
     * With what the others are compared.
     *
     * @return the first contestant's
     */
    public Series first() {
        return series.get(0);
    }

    /**
     * A contestant's values.
     *
     * @param contestant its name
     * @return empty when it has none
     */
    public Optional<Series> of(String contestant) {
        return series.stream()
                .filter(one -> one.contestant().equals(contestant))
                .findFirst();
    }
}
