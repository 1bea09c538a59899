package dev.checkpointer.cli;

import dev.checkpointer.cli.machine.Examination;
import dev.checkpointer.cli.machine.Finding;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Examines this machine. */
@Command(
        name = "doctor",
        description = {
            "Examines this machine: kernel, rights, CRIU, JDKs, engines; and dumps and restores a small JVM.",
            "Each finding is ok, warn (something is slower, or does not work for some programs) or fail (checkpoints do "
                    + "not work)."
        },
        footer = {"", "Exit status: 0 checkpoints work here, 1 a finding is fail, 2 bad usage."})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    private final Console console;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        console.progress("examining this machine, with a dump and a restore");
        var findings = Examination.run();
        boolean healthy = findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
        if (common.json()) {
            var json = new LinkedHashMap<String, Object>();
            json.put("healthy", healthy);
            json.put("findings", findings.stream().map(DoctorCommand::json).toList());
            console.json(json);
        } else {
            print(findings, healthy);
        }
        return healthy ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static String word(Finding finding) {
        return finding.level().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> json(Finding finding) {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", finding.name());
        json.put("level", word(finding));
        json.put("text", finding.text());
        json.put("remedy", finding.remedy());
        return json;
    }

    private void print(List<Finding> findings, boolean healthy) {
        int width = findings.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        for (var finding : findings) {
            var level = console.styled(style(finding.level()), String.format("%-4s", word(finding)));
            console.line(level + "  " + String.format("%-" + width + "s", finding.name()) + "  "
                    + Table.printable(finding.text()));
            if (!finding.remedy().isEmpty()) {
                console.line(" ".repeat(width + "fail    ".length()) + Table.printable(finding.remedy()) + ".");
            }
        }
        console.line("");
        console.line(healthy ? "Checkpoints work here." : "Checkpoints do not work here.");
    }

    /** Green, yellow and red. */
    private static String style(Finding.Level level) {
        return switch (level) {
            case OK -> "32";
            case WARN -> "33";
            case FAIL -> "31";
        };
    }
}
