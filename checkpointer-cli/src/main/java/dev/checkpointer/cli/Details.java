package dev.checkpointer.cli;

import java.util.Map;

/** An object of the daemon's, one line for each of its fields. */
final class Details {
    private Details() {}

    static void print(Console console, CommonOptions common, Map<String, Object> object) {
        if (common.json()) {
            console.json(object);
            return;
        }
        int width = object.keySet().stream().mapToInt(String::length).max().orElse(0);
        object.forEach((name, value) ->
                console.line(name + " ".repeat(width - name.length()) + "  " + Table.printable(String.valueOf(value))));
    }
}
