package dev.checkpointer.engine;

import dev.checkpointer.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The choice among engines. Pure: it knows the candidates, asks each for its probe and reads the settings.
 *
 * @since 0.1.0
 */
public final class EngineSelection {
    private final List<CheckpointEngine> candidates;
    private final List<String> brokenProviders;

    /**
     * A choice among these.
     *
     * @param candidates the engines, in any order
     * @param brokenProviders what could not be loaded, for the report
     */
    public EngineSelection(List<CheckpointEngine> candidates, List<String> brokenProviders) {
        this.candidates = candidates.stream()
                .sorted(Comparator.comparingInt(CheckpointEngine::priority)
                        .reversed()
                        .thenComparing(CheckpointEngine::name))
                .toList();
        this.brokenProviders = List.copyOf(brokenProviders);
    }

    /**
     * Asks every candidate and chooses.
     *
     * @param forced the engine that has to be used, empty to choose by priority
     * @param settings which engines are taken out
     * @return the report, with at most one candidate chosen
     * @throws EngineException when two candidates have one name
     */
    public EngineReport report(Optional<String> forced, Settings settings) throws EngineException {
        refuseDuplicates();
        var verdicts = new ArrayList<EngineReport.Verdict>();
        boolean chosen = false;
        for (var engine : candidates) {
            var verdict = verdict(engine, forced, settings, chosen);
            chosen |= verdict.chosen();
            verdicts.add(verdict);
        }
        return new EngineReport(verdicts, brokenProviders);
    }

    /**
     * The engine to use.
     *
     * @param forced the engine that has to be used, empty to choose by priority
     * @param settings which engines are taken out
     * @return the engine
     * @throws EngineException when there is none; the message has every candidate's verdict
     */
    public CheckpointEngine select(Optional<String> forced, Settings settings) throws EngineException {
        return choose(forced, settings).engine();
    }

    /**
     * The engine to use, with what its probe said, so that it need not be asked again. Engines that come after it are not
     * asked, nor are others than the forced one.
     *
     * @param forced the engine that has to be used, empty to choose by priority
     * @param settings which engines are taken out
     * @return the verdict of the chosen engine; its probe is {@link EngineProbe#usable() usable}
     * @throws EngineException when there is none; the message has every candidate's verdict
     */
    public EngineReport.Verdict choose(Optional<String> forced, Settings settings) throws EngineException {
        refuseDuplicates();
        for (var engine : candidates) {
            if (engine.name().equals(forced.orElse(engine.name()))) {
                var verdict = verdict(engine, forced, settings, false);
                if (verdict.chosen()) {
                    return verdict;
                }
            }
        }
        throw noneFits(forced, report(forced, settings));
    }

    private EngineException noneFits(Optional<String> forced, EngineReport report) {
        if (forced.isEmpty()) {
            return new EngineException(
                    FailureKind.UNAVAILABLE,
                    "no engine is available",
                    candidates.stream().allMatch(e -> e.priority() < 0)
                            ? "Add an engine such as dev.checkpointer:checkpointer-criu-exec to the class path or module"
                                    + " path"
                            : "Follow the remedy of one of them",
                    report.lines(),
                    null);
        }
        var known = report.verdicts().stream()
                .filter(v -> v.engine().name().equals(forced.get()))
                .findFirst();
        return new EngineException(
                FailureKind.UNAVAILABLE,
                known.map(v -> "engine " + v).orElse("there is no engine '" + forced.get() + "'"),
                known.isPresent() ? "" : "Set checkpointer.engine to one of those below, or leave it out",
                known.isPresent() ? List.of() : report.lines(),
                null);
    }

    private EngineReport.Verdict verdict(
            CheckpointEngine engine, Optional<String> forced, Settings settings, boolean alreadyChosen) {
        var takenOut = settings.engineTakenOutBy(engine.name());
        if (takenOut.isPresent()) {
            return new EngineReport.Verdict(
                    engine, Optional.empty(), false, "taken out by " + takenOut.get() + "=false");
        }
        var probe = probe(engine);
        if (probe instanceof EngineProbe.Unavailable no) {
            return new EngineReport.Verdict(
                    engine, Optional.of(probe), false, "not available: " + no.reason() + ". " + no.remedy());
        }
        var available = "available" + details(probe.usable().orElseThrow());
        boolean fits = forced.map(engine.name()::equals)
                .orElse(engine.priority() >= 0 && probe instanceof EngineProbe.Available);
        if (fits && !alreadyChosen) {
            return new EngineReport.Verdict(engine, Optional.of(probe), true, available + ", chosen");
        }
        return new EngineReport.Verdict(engine, Optional.of(probe), false, available + whyNot(probe, fits, forced));
    }

    /** Version and features, as in " (4.2; self-dump, restore)". */
    private static String details(EngineProbe.Available available) {
        var features = available.features().stream()
                .sorted()
                .map(feature -> feature.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", "));
        var details = Stream.of(available.version(), features)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
        return details.isEmpty() ? "" : " (" + details + ")";
    }

    private static String whyNot(EngineProbe probe, boolean fits, Optional<String> forced) {
        if (fits) {
            return ", another one has a higher priority";
        }
        if (forced.isPresent()) {
            return ", another one is forced";
        }
        return ", used only by name"
                + (probe instanceof EngineProbe.ByNameOnly only ? ": " + only.reason() + ". " + only.remedy() : "");
    }

    /** A probe must not throw; where a foreign one does, that engine is out and the others are not. */
    private static EngineProbe probe(CheckpointEngine engine) {
        try {
            return engine.probe();
        } catch (RuntimeException | LinkageError e) {
            return new EngineProbe.Unavailable(
                    "its probe failed with " + e, "Tell its author, or take out " + place(engine));
        }
    }

    private void refuseDuplicates() throws EngineException {
        var byName = new HashMap<String, CheckpointEngine>();
        for (var engine : candidates) {
            var other = byName.put(engine.name(), engine);
            if (other != null) {
                throw new EngineException(
                        FailureKind.UNAVAILABLE,
                        "two engines have the name '" + engine.name() + "': " + place(other) + " and " + place(engine),
                        "Take one of the two out of the class path or module path");
            }
        }
    }

    private static String place(CheckpointEngine engine) {
        var source = engine.getClass().getProtectionDomain().getCodeSource();
        return engine.getClass().getName() + (source == null ? "" : " in " + source.getLocation());
    }
}
