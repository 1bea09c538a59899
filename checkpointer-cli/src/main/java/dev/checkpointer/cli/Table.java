package dev.checkpointer.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows with aligned columns, the same on a terminal and in a file. */
final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        rows.add(List.of(header));
    }

    void row(Object... cells) {
        var row = new ArrayList<String>();
        for (var cell : cells) {
            row.add(printable(String.valueOf(cell)));
        }
        rows.add(row);
    }

    /** What other processes choose, such as file names, must not drive the terminal. */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    void print(Console console) {
        for (int i = 0; i < rows.size(); i++) {
            var line = line(rows.get(i));
            console.line(i == 0 ? console.styled("1", line) : line);
        }
    }

    private String line(List<String> row) {
        var text = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            text.append(column == 0 ? "" : GAP).append(row.get(column));
            if (column < row.size() - 1) {
                text.append(" ".repeat(width(column) - row.get(column).length()));
            }
        }
        return text.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> column < row.size() - 1)
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(0);
    }
}
