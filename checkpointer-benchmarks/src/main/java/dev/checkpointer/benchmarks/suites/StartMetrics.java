package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Metric;
import dev.checkpointer.benchmarks.harness.Sample;

/** What is measured of a start. */
final class StartMetrics {
    static final Metric ANSWER = Metric.time("start to the first HTTP 200");
    static final Metric RETURNED = Metric.time("until the command returned");

    private StartMetrics() {}

    static Sample answered(long start, long answer) {
        return Sample.of(ANSWER, milliseconds(answer - start));
    }

    static double milliseconds(long nanos) {
        return nanos / 1e6;
    }
}
