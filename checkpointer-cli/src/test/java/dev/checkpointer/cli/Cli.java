package dev.checkpointer.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs the command within the test's JVM. */
record Cli(int status, String output, String errors) {
    static Cli run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = Main.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Cli(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Standard output, which has to be JSON and nothing else. */
    Map<String, Object> json() throws IOException {
        return JSON.std.mapFrom(output);
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(Object value) {
        return (List<Map<String, Object>>) value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    /** A failure is told in one line of error and one of remedy. */
    boolean failsInTwoLines() {
        var lines = errors.lines().toList();
        return lines.size() == 2
                && lines.get(0).startsWith("checkpointer: ")
                && lines.get(1).startsWith("  ");
    }
}
