package dev.checkpointer.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Medians as horizontal bars, in colours that can be read on light and dark pages. */
public final class BarChart {
    private static final int WIDTH = 760;
    private static final int NAMES = 210;
    private static final int FIGURES = 190;
    private static final int LINE = 24;
    private static final int BAR = 14;
    private static final int TITLE = 40;

    /** Of the longest bar, for what took longer than its median. What took longer still is cut off. */
    private static final double ROOM = 1.2;

    private BarChart() {}

    /**
     * Draws.
     *
     * @param comparisons one below the other, each with a scale of its own
     * @param file the picture, made or replaced
     * @throws IOException when it cannot be written
     */
    public static void write(List<Comparison> comparisons, Path file) throws IOException {
        Files.writeString(file, draw(comparisons));
    }

    static String draw(List<Comparison> comparisons) {
        var body = new StringBuilder();
        int y = 0;
        for (var comparison : comparisons) {
            y = draw(comparison, y, body);
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" role="img">
                <style>
                text { font: 13px sans-serif; fill: #57606a; }
                .title { font-weight: bold; }
                .bar { fill: #3b82c4; }
                .first { fill: #8c959f; }
                .range { stroke: #57606a; }
                @media (prefers-color-scheme: dark) {
                  text { fill: #adbac7; }
                  .range { stroke: #adbac7; }
                }
                </style>
                %s</svg>
                """.formatted(WIDTH, y + LINE / 2, WIDTH, body);
    }

    private static int draw(Comparison comparison, int top, StringBuilder body) {
        int y = top + TITLE - LINE / 2;
        var unit = comparison.metric().unit();
        body.append("<text class=\"title\" x=\"0\" y=\"%d\">%s</text>\n"
                .formatted(
                        y,
                        escape(comparison.title() + ": " + comparison.metric().name() + " (" + unit.symbol() + ")")));
        double largest =
                comparison.series().stream().mapToDouble(Series::maximum).max().orElse(1);
        double scale = (WIDTH - NAMES - FIGURES) / ((largest > 0 ? largest : 1) * ROOM);
        y += LINE / 2;
        for (var series : comparison.series()) {
            body.append(bar(comparison, series, y, scale));
            y += LINE;
        }
        return y;
    }

    private static String bar(Comparison comparison, Series series, int y, double scale) {
        var unit = comparison.metric().unit();
        boolean first = series == comparison.first();
        var figure = unit.format(series.median())
                + (first ? "" : "   " + TextTable.ratio(series.ratioTo(comparison.first()), unit));
        double end = Math.min(NAMES + series.maximum() * scale, WIDTH - FIGURES);
        return String.format(
                Locale.ROOT,
                """
                <text x="%d" y="%d" text-anchor="end">%s</text>
                <rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>
                <line class="range" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>
                <text x="%.1f" y="%d">%s</text>
                """,
                NAMES - 8,
                y + BAR - 2,
                escape(series.contestant()),
                first ? "first" : "bar",
                NAMES,
                y,
                Math.max(1, series.median() * scale),
                BAR,
                NAMES + series.minimum() * scale,
                end,
                y + BAR / 2,
                y + BAR / 2,
                Math.max(end, NAMES + 1) + 8,
                y + BAR - 2,
                escape(figure));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
