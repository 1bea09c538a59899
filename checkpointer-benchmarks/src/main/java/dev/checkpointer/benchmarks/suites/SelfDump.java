package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Metric;
import dev.checkpointer.benchmarks.harness.Sample;
import dev.checkpointer.benchmarks.harness.Work;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.archive.ImageArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A program that calls {@code Core.checkpointRestore()}, and perhaps the manager's export of its image. */
final class SelfDump implements Contestant {
    static final Metric GONE = Metric.time("call until the process is gone");
    static final Metric SIZE = Metric.size("image");
    static final Metric EXPORT = Metric.time("export of the image");

    private static final double MEBIBYTE = 1024 * 1024;

    private final LoadLab lab;
    private final String name;
    private final Load load;
    private final List<String> options;
    private final boolean exported;
    private Path log;

    /**
     * @param options for the JVM
     * @param exported whether the size is that of the export
     */
    SelfDump(LoadLab lab, String name, Load load, List<String> options, boolean exported) {
        this.lab = lab;
        this.name = name;
        this.load = load;
        this.options = options;
        this.exported = exported;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        var image = lab.work().file("image");
        var running = lab.start(load, image, Optional.of(LoadLab.ENGINE_BY_DEFAULT), options);
        log = running.program().log();
        try {
            lab.asker().must("POST", lab.port(), "/checkpoint");
            long start = System.nanoTime();
            running.program().awaitGone(DumpedProgram.DEADLINE);
            long end = System.nanoTime();
            var dumped = lab.dumped(running, image);
            return exported
                    ? export(dumped)
                    : Sample.of(GONE, StartMetrics.milliseconds(end - start)).and(SIZE, mebibytes(dumped.size()));
        } finally {
            running.program().kill();
            lab.work().awaitQuiet();
            Work.remove(image);
        }
    }

    private Sample export(DumpedProgram dumped) throws IOException {
        var archive = lab.work().file("archive");
        long start = System.nanoTime();
        try (var out = Files.newOutputStream(archive)) {
            ImageArchive.write(dumped.directory(), Map.of(), Optional.empty(), out);
        } catch (ManagerException e) {
            throw new IOException(e.getMessage(), e);
        }
        long end = System.nanoTime();
        double size = mebibytes(Files.size(archive));
        Files.delete(archive);
        return Sample.of(SIZE, size).and(EXPORT, StartMetrics.milliseconds(end - start));
    }

    static double mebibytes(long bytes) {
        return bytes / MEBIBYTE;
    }

    @Override
    public Optional<Path> log() {
        return Optional.ofNullable(log);
    }
}
