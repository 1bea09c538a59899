package dev.checkpointer.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A comparison as text. */
public final class TextTable {
    private static final List<String> HEADINGS = List.of("median", "minimum", "maximum", "to the first");

    private TextTable() {}

    /**
     * Lays out.
     *
     * @param comparison what was measured
     * @return lines without the last newline
     */
    public static String of(Comparison comparison) {
        var rows = new ArrayList<List<String>>();
        var heading = comparison.title() + ": " + comparison.metric().name() + ", "
                + comparison.metric().unit().symbol();
        rows.add(row(heading, HEADINGS));
        comparison.series().forEach(series -> rows.add(row(comparison, series)));
        int width = rows.stream().mapToInt(row -> row.get(0).length()).max().orElse(0);
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var line = new StringBuilder(pad(row.get(0), width));
            for (int column = 1; column < row.size(); column++) {
                line.append(String.format("  %" + (column == HEADINGS.size() ? 15 : 9) + "s", row.get(column)));
            }
            lines.add(line.toString());
        }
        return String.join("\n", lines);
    }

    private static List<String> row(Comparison comparison, Series series) {
        var unit = comparison.metric().unit();
        return row(
                series.contestant(),
                List.of(
                        unit.format(series.median()),
                        unit.format(series.minimum()),
                        unit.format(series.maximum()),
                        ratio(series.ratioTo(comparison.first()), unit)));
    }

    private static List<String> row(String first, List<String> others) {
        var row = new ArrayList<>(List.of(first));
        row.addAll(others);
        return row;
    }

    /**
     * A ratio for people.
     *
     * @param ratio a value by that of the first contestant
     * @param unit of both
     * @return how many times as much, or for less than half how many times sooner or smaller
     */
    public static String ratio(OptionalDouble ratio, Metric.Unit unit) {
        if (ratio.isEmpty()) {
            return "-";
        }
        double times = ratio.getAsDouble();
        if (times > 0 && times < 0.5) {
            return unit.format(1 / times) + "x " + unit.less();
        }
        return String.format(Locale.ROOT, "%.2fx", times);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
