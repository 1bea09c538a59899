package dev.checkpointer.benchmarks;

import dev.checkpointer.benchmarks.harness.Asker;
import dev.checkpointer.benchmarks.harness.BarChart;
import dev.checkpointer.benchmarks.harness.Console;
import dev.checkpointer.benchmarks.harness.Machine;
import dev.checkpointer.benchmarks.harness.Report;
import dev.checkpointer.benchmarks.harness.Work;
import dev.checkpointer.benchmarks.micro.MicroSuite;
import dev.checkpointer.benchmarks.suites.DumpSuite;
import dev.checkpointer.benchmarks.suites.EngineSuite;
import dev.checkpointer.benchmarks.suites.ScaleSuite;
import dev.checkpointer.benchmarks.suites.StartSuite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code bin/bench}. */
@Command(
        name = "bin/bench",
        description = "Measures checkpointer beside what else there is. Needs root, as CRIU does.",
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all was measured", "1:a contestant failed", "2:bad usage"})
public final class Bench implements Callable<Integer> {
    private static final int INTERRUPTED = 130;
    private static final List<Suite> SUITES =
            List.of(new StartSuite(), new DumpSuite(), new ScaleSuite(), new EngineSuite(), new MicroSuite());

    @Parameters(arity = "0..*", paramLabel = "SUITE", description = "what is measured; everything without one")
    private List<String> suites = List.of();

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "how often each contestant runs (default: ${DEFAULT-VALUE})",
            defaultValue = "5")
    private int runs;

    @Option(names = "--json", paramLabel = "FILE", description = "write what was measured to FILE")
    private Path json;

    @Option(names = "--picture", paramLabel = "FILE", description = "write bars (SVG) to FILE")
    private Path picture;

    @Option(names = "--example", paramLabel = "NAME", description = "measure one example alone (suite start)")
    private String example;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            description = "leave out the contestants that do not have TEXT in their names")
    private String only;

    @Option(names = "--small", description = "try everything with the smallest sizes; the figures mean nothing")
    private boolean small;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text")
    private boolean help;

    @Spec
    private CommandSpec spec;

    /**
     * Runs the command.
     *
     * @param arguments of the command line
     */
    public static void main(String[] arguments) {
        var command = new CommandLine(new Bench());
        var suites = SUITES.stream()
                .map(suite -> String.format("  %-9s %s", suite.name(), suite.description()))
                .collect(Collectors.joining("%n", "%nSuites:%n", "%n"));
        command.getCommandSpec().usageMessage().footer(suites);
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        var chosen = chosen();
        if (runs < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--runs is 1 at least, not " + runs);
        }
        var console = new Console(System.out, System.err);
        var report = new Report(Machine.facts());
        try (var work = new Work()) {
            var asker = new Asker();
            asker.warmUp();
            var setting = new Suite.Setting(
                    Path.of(System.getProperty("bench.root", ".")).toRealPath(),
                    work,
                    asker,
                    console,
                    report,
                    runs,
                    small,
                    Optional.ofNullable(example),
                    Optional.ofNullable(only));
            for (var suite : chosen) {
                suite.run(setting);
            }
        } catch (InterruptedException e) {
            console.note("interrupted");
            return INTERRUPTED;
        }
        write(report);
        report.failures()
                .forEach(failure -> console.note("failed: " + failure.contestant() + ": " + failure.message()));
        return report.failures().isEmpty() ? 0 : 1;
    }

    private List<Suite> chosen() {
        for (var name : suites) {
            if (SUITES.stream().noneMatch(suite -> suite.name().equals(name))) {
                var known = SUITES.stream().map(Suite::name).collect(Collectors.joining(", "));
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "there is no suite " + name + "; there are " + known);
            }
        }
        return SUITES.stream()
                .filter(suite -> suites.isEmpty() || suites.contains(suite.name()))
                .toList();
    }

    private void write(Report report) throws IOException {
        if (json != null) {
            report.write(json);
        }
        if (picture != null) {
            BarChart.write(report.comparisons(), picture);
        }
    }
}
