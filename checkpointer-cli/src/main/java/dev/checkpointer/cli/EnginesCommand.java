package dev.checkpointer.cli;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.EngineReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the engines. */
@Command(
        name = "engines",
        description =
                "Lists the engines: which one would be used here, what each can do, what it runs, and what is missing.")
final class EnginesCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    private final Console console;

    EnginesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws EngineException {
        var report = Checkpointer.engines();
        if (common.json()) {
            var json = new LinkedHashMap<String, Object>();
            json.put(
                    "engines",
                    report.verdicts().stream().map(EnginesCommand::json).toList());
            json.put("broken", report.brokenProviders());
            console.json(json);
        } else {
            print(report);
        }
        return ExitStatus.DONE;
    }

    private void print(EngineReport report) {
        var table = new Table("ENGINE", "VERDICT", "VERSION", "DRIVES", "FEATURES");
        report.verdicts().forEach(verdict -> {
            var usable = verdict.probe().flatMap(EngineProbe::usable);
            table.row(
                    verdict.engine().name(),
                    word(verdict),
                    dash(usable.map(EngineProbe.Available::version).orElse("")),
                    dash(usable.map(EngineProbe.Available::drives).orElse("")),
                    dash(String.join(" ", usable.map(EnginesCommand::features).orElse(List.of()))));
        });
        table.print(console);
        report.verdicts().stream().filter(v -> !reason(v).isEmpty()).forEach(verdict -> {
            console.line("");
            console.line(verdict.engine().name() + ": " + reason(verdict));
            if (!remedy(verdict).isEmpty()) {
                console.line("  " + remedy(verdict) + ".");
            }
        });
        report.brokenProviders().forEach(broken -> console.line("broken: " + broken));
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** One of chosen, available, by-name, unavailable and taken-out. */
    static String word(EngineReport.Verdict verdict) {
        if (verdict.chosen()) {
            return "chosen";
        }
        if (verdict.probe().isEmpty()) {
            return "taken-out";
        }
        var probe = verdict.probe().get();
        if (probe instanceof EngineProbe.Unavailable) {
            return "unavailable";
        }
        return probe instanceof EngineProbe.ByNameOnly || verdict.engine().priority() < 0 ? "by-name" : "available";
    }

    static String reason(EngineReport.Verdict verdict) {
        var probe = verdict.probe().orElse(null);
        if (probe instanceof EngineProbe.Unavailable no) {
            return no.reason();
        }
        if (probe instanceof EngineProbe.ByNameOnly only) {
            return only.reason();
        }
        return probe == null ? verdict.explanation() : "";
    }

    static String remedy(EngineReport.Verdict verdict) {
        var probe = verdict.probe().orElse(null);
        if (probe instanceof EngineProbe.Unavailable no) {
            return no.remedy();
        }
        return probe instanceof EngineProbe.ByNameOnly only ? only.remedy() : "";
    }

    private static List<String> features(EngineProbe.Available available) {
        return available.features().stream()
                .sorted()
                .map(feature -> feature.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
    }

    /** Empty texts stand for what there is not. */
    static Map<String, Object> json(EngineReport.Verdict verdict) {
        var usable = verdict.probe().flatMap(EngineProbe::usable);
        var json = new LinkedHashMap<String, Object>();
        json.put("name", verdict.engine().name());
        json.put("priority", verdict.engine().priority());
        json.put("verdict", word(verdict));
        json.put("version", usable.map(EngineProbe.Available::version).orElse(""));
        json.put("drives", usable.map(EngineProbe.Available::drives).orElse(""));
        json.put("features", usable.map(EnginesCommand::features).orElse(List.of()));
        json.put("reason", reason(verdict));
        json.put("remedy", remedy(verdict));
        return json;
    }
}
