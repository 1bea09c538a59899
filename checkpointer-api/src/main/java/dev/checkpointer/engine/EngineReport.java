package dev.checkpointer.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What became of every engine that was found: who was chosen, and why the others were not.
 *
 * @param verdicts one for each candidate, in the order of preference
 * @param brokenProviders what the service loader could not load, one line each
 * @since 0.1.0
 */
public record EngineReport(List<Verdict> verdicts, List<String> brokenProviders) {
    /**
     * Copies the lists.
     *
     * @param verdicts one for each candidate
     * @param brokenProviders one line each
     */
    public EngineReport {
        verdicts = List.copyOf(verdicts);
        brokenProviders = List.copyOf(brokenProviders);
    }

    /**
     * What became of one candidate.
     *
     * @param engine the candidate
     * @param probe its answer; empty when it was not asked because it was taken out
     * @param chosen whether it was selected
     * @param explanation why, one clause
     */
    public record Verdict(CheckpointEngine engine, Optional<EngineProbe> probe, boolean chosen, String explanation) {
        @Override
        public String toString() {
            return engine.name() + ": " + explanation;
        }
    }

    /**
     * The selected engine.
     *
     * @return the engine, empty when none is usable
     */
    public Optional<CheckpointEngine> selected() {
        return verdicts.stream().filter(Verdict::chosen).map(Verdict::engine).findFirst();
    }

    /**
     * The report as lines for people.
     *
     * @return one line for each candidate and each broken provider
     */
    public List<String> lines() {
        return Stream.concat(verdicts.stream().map(Verdict::toString), brokenProviders.stream())
                .toList();
    }
}
