package dev.checkpointer.benchmarks.harness;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one run of a contestant gave.
 *
 * @param values by what was measured, in the order of the tables
 */
public record Sample(Map<Metric, Double> values) {
    /** Copies. */
    public Sample {
        values = new LinkedHashMap<>(values);
    }

    /**
     * A single value.
     *
     * @param metric what was measured
     * @param value in the metric's unit
     * @return the sample
     */
    public static Sample of(Metric metric, double value) {
        return new Sample(Map.of(metric, value));
    }

    /**
     * The same with one value more.
     *
     * @param metric what was measured
     * @param value in the metric's unit
     * @return another sample
     */
    public Sample and(Metric metric, double value) {
        var more = new LinkedHashMap<>(values);
        more.put(metric, value);
        return new Sample(more);
    }
}
