package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Asker;
import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Metric;
import dev.checkpointer.benchmarks.harness.Program;
import dev.checkpointer.benchmarks.harness.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Programs of one image that are restored at once, each with a port of its own. */
final class Clones implements Contestant {
    private static final Metric ALL = Metric.time("until all answer");
    private static final Metric MEMORY = Metric.size("memory of each (proportional set size)");

    private final LoadLab lab;
    private final int count;
    private DumpedProgram image;
    private Path log;

    Clones(LoadLab lab, int count) {
        this.lab = lab;
        this.count = count;
    }

    @Override
    public String name() {
        return Integer.toString(count);
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        image = lab.image(Load.LEAST);
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        image.awaitFree();
        var ports = ports();
        var commands = new ArrayList<LauncherStart.Command>();
        var programs = new ArrayList<Program>();
        try {
            long start = System.nanoTime();
            for (int port : ports) {
                log = lab.work().file("clone.log");
                Files.createFile(log);
                commands.add(LauncherStart.start(lab.subject(Load.LEAST), image, List.of("-Dport=" + port), log));
            }
            long end = start;
            for (int i = 0; i < count; i++) {
                var answer = lab.asker().await(ports.get(i), "/value", commands.get(i)::failed);
                image.requireSame(answer.body());
                end = Math.max(end, answer.nanos());
            }
            for (var command : commands) {
                programs.add(command.complete().program());
            }
            return Sample.of(ALL, StartMetrics.milliseconds(end - start)).and(MEMORY, memory(programs) / count);
        } finally {
            for (var program : programs) {
                program.end(DumpedProgram.DEADLINE);
            }
            lab.work().awaitQuiet();
        }
    }

    private List<Integer> ports() throws IOException {
        var ports = new HashSet<Integer>();
        while (ports.size() < count) {
            ports.add(Asker.freePort());
        }
        return List.copyOf(ports);
    }

    /** Mebibytes of all of them; what they share counts once. */
    private static double memory(List<Program> programs) throws IOException {
        long kibibytes = 0;
        for (var program : programs) {
            try (var lines = Files.lines(Path.of("/proc", Long.toString(program.pid()), "smaps_rollup"))) {
                kibibytes += lines.filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .sum();
            }
        }
        return kibibytes / 1024.0;
    }

    @Override
    public Optional<Path> log() {
        return Optional.ofNullable(log);
    }
}
