package dev.checkpointer.tests.faults;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of the tries of one fault. */
final class Row {
    private final String fault;
    private final Map<String, Integer> remarks = new TreeMap<>();
    private int tries;
    private int ran;
    private int told;

    Row(String fault) {
        this.fault = fault;
    }

    void begin() {
        tries++;
    }

    /** A program ran at the end of this try, and its answers were right. */
    void ran() {
        ran++;
    }

    /** Whoever asked was told what failed and what to do. */
    void told() {
        told++;
    }

    /** Something that the two numbers do not say; counted. */
    void note(String remark) {
        remarks.merge(remark, 1, Integer::sum);
    }

    int tries() {
        return tries;
    }

    String line() {
        var notes = remarks.entrySet().stream()
                .map(remark -> remark.getValue() + ": " + remark.getKey())
                .collect(Collectors.joining("; "));
        return "| %s | %d | %d | %d | %s |%n".formatted(fault, tries, ran, told, notes);
    }
}
