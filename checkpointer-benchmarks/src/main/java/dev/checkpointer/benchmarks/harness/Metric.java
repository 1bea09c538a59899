package dev.checkpointer.benchmarks.harness;

import java.util.Locale;

/**
 * What is measured of a contestant. Less is better.
 *
 * @param name what it is, as the title of a table
 * @param unit what its values are counted in
 */
public record Metric(String name, Unit unit) {
    /** What values are counted in. */
    public enum Unit {
        /** Times of a dump, a restore, an answer. */
        MILLISECONDS("ms", "sooner"),
        /** Times of single calls. */
        MICROSECONDS("µs", "sooner"),
        /** Memory, and files. */
        MEBIBYTES("MiB", "smaller");

        private final String symbol;
        private final String less;

        Unit(String symbol, String less) {
            this.symbol = symbol;
            this.less = less;
        }

        /**
         * The unit in tables and files.
         *
         * @return an abbreviation
         */
        public String symbol() {
            return symbol;
        }

        /**
         * What a value is that is less than another one.
         *
         * @return an adjective
         */
        public String less() {
            return less;
        }

        /**
         * A value for people: with three digits that count, and no more than two behind the point.
         *
         * @param value in this unit
         * @return the number without the unit
         */
        public String format(double value) {
            int digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
            return String.format(Locale.ROOT, "%." + digits + "f", value);
        }
    }

    /**
     * A time in milliseconds.
     *
     * @param name what is measured
     * @return the metric
     */
    public static Metric time(String name) {
        return new Metric(name, Unit.MILLISECONDS);
    }

    /**
     * A size in mebibytes.
     *
     * @param name what is measured
     * @return the metric
     */
    public static Metric size(String name) {
        return new Metric(name, Unit.MEBIBYTES);
    }
}
