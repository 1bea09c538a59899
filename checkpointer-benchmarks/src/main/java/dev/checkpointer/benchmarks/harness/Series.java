package dev.checkpointer.benchmarks.harness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What a contestant gave for one metric.
 *
 * @param contestant its name
 * @param values by the number of the round
 */
public record Series(String contestant, Map<Integer, Double> values) {
    /** Copies. */
    public Series {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        if (values.isEmpty()) {
            throw new IllegalArgumentException(contestant + " has no values");
        }
    }

    /**
     * The value in the middle.
     *
     * @return the mean of both when two are in the middle
     */
    public double median() {
        return median(values.values());
    }

    /**
     * The smallest value.
     *
     * @return one of the values
     */
    public double minimum() {
        return Collections.min(values.values());
    }

    /**
     * The largest value.
     *
     * @return one of the values
     */
    public double maximum() {
        return Collections.max(values.values());
    }

    /**
     * How many times as much as another contestant's this one's values are: the median of the ratios of the single rounds, in
     * which both ran shortly after each other.
     *
     * @param other the other contestant's
     * @return empty when no round has values of both
     */
    public OptionalDouble ratioTo(Series other) {
        var ratios = new ArrayList<Double>();
        values.forEach((round, value) -> {
            var others = other.values.get(round);
            if (others != null && others != 0) {
                ratios.add(value / others);
            }
        });
        return ratios.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(ratios));
    }

    private static double median(Iterable<Double> numbers) {
        var sorted = new ArrayList<Double>();
        numbers.forEach(sorted::add);
        Collections.sort(sorted);
        return middle(sorted);
    }

    private static double middle(List<Double> sorted) {
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
