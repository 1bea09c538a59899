package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Deadline;
import dev.checkpointer.benchmarks.harness.RawRestore;
import dev.checkpointer.benchmarks.harness.Sample;
import dev.checkpointer.benchmarks.harness.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code criu dump} of a program that is not told of it. */
final class RawDump implements Contestant {
    private final LoadLab lab;
    private final String name;
    private final Load load;
    private Path log;

    RawDump(LoadLab lab, String name, Load load) {
        this.lab = lab;
        this.name = name;
        this.load = load;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        var image = lab.work().file("image");
        var running = lab.start(load, image, Optional.of(LoadLab.ENGINE_BY_DEFAULT), List.of());
        log = running.program().log();
        try {
            double time = dump(lab, running, image);
            return Sample.of(SelfDump.GONE, time).and(SelfDump.SIZE, SelfDump.mebibytes(DumpedProgram.size(image)));
        } catch (IOException e) {
            log = image.resolve("dump.log");
            throw e;
        } finally {
            running.program().kill();
            lab.work().awaitQuiet();
            Work.remove(image);
        }
    }

    /** Takes so many milliseconds until the program is gone. */
    static double dump(LoadLab lab, LoadLab.Running running, Path image) throws IOException, InterruptedException {
        Files.createDirectory(image);
        var command = List.of(
                RawRestore.criu(),
                "dump",
                "--tree",
                Long.toString(running.program().pid()),
                "--images-dir",
                image.toString(),
                "--log-file",
                "dump.log",
                "-v2",
                "--file-locks",
                "--no-default-config");
        long start = System.nanoTime();
        var process = lab.work()
                .start(lab.work().process(Work.inSession(command), lab.work().file("criu.out")));
        var entry = Path.of("/proc", Long.toString(running.program().pid()));
        Deadline.in(DumpedProgram.DEADLINE)
                .await("the dump", () -> !Files.exists(entry) || !process.isAlive() && process.exitValue() != 0);
        long end = System.nanoTime();
        RestoredStart.await(process);
        return StartMetrics.milliseconds(end - start);
    }

    @Override
    public Optional<Path> log() {
        return Optional.ofNullable(log);
    }
}
