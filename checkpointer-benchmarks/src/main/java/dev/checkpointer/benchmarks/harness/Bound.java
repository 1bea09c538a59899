package dev.checkpointer.benchmarks.harness;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How much a ratio between two contestants is to be. Told, not enforced: figures of a machine that does other things beside mean
 * little.
 *
 * @param text whose ratio
 * @param least true when the ratio is to be this or more, false when it is to be this or less
 * @param limit the ratio that is wanted
 * @param measured the ratio that was seen; empty when a contestant is missing
 */
public record Bound(String text, boolean least, double limit, OptionalDouble measured) {
    /**
     * The ratio of two contestants of a comparison.
     *
     * @param text what the bound is about
     * @param least true when the ratio is to be this or more
     * @param limit the ratio that is wanted
     * @param dividend a contestant's values, if it has some
     * @param divisor another contestant's
     * @return the bound with what was measured
     */
    public static Bound of(
            String text, boolean least, double limit, Optional<Series> dividend, Optional<Series> divisor) {
        var ratio = dividend.isPresent() && divisor.isPresent()
                ? dividend.get().ratioTo(divisor.get())
                : OptionalDouble.empty();
        return new Bound(text, least, limit, ratio);
    }

    /**
     * Whether what was measured is within the bound.
     *
     * @return false also when nothing was measured
     */
    public boolean holds() {
        return measured.isPresent() && (least ? measured.getAsDouble() >= limit : measured.getAsDouble() <= limit);
    }

    @Override
    public String toString() {
        var wanted = String.format(Locale.ROOT, "bound: %s %s %.2fx", text, least ? "at least" : "at most", limit);
        if (measured.isEmpty()) {
            return wanted + ", not measured";
        }
        return String.format(
                Locale.ROOT,
                "%s, measured %.2fx, %s",
                wanted,
                measured.getAsDouble(),
                holds() ? "holds" : "does not hold");
    }
}
