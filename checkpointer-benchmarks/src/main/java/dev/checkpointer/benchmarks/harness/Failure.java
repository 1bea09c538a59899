package dev.checkpointer.benchmarks.harness;

import java.util.List;

/**
 * A contestant that failed.
 *
 * @param contestant its name, behind that of the race
 * @param message why
 * @param log the last lines of its log
 */
public record Failure(String contestant, String message, List<String> log) {
    /** Copies. */
    public Failure {
        log = List.copyOf(log);
    }
}
