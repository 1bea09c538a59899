package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Sample;
import dev.checkpointer.benchmarks.harness.Work;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** A program that dumps itself by an engine, and is restored by it from this JVM. */
final class EngineRoundTrip implements Contestant {
    private final LoadLab lab;
    private final String engine;
    private final boolean warm;
    private Path log;

    /**
     * @param warm whether it runs once before it is measured
     */
    EngineRoundTrip(LoadLab lab, String engine, boolean warm) {
        this.lab = lab;
        this.engine = engine;
        this.warm = warm;
    }

    @Override
    public String name() {
        return engine;
    }

    /** A first restore is mostly the loading of classes. */
    @Override
    public void prepare() throws IOException, InterruptedException {
        if (warm) {
            run();
        }
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        var image = lab.work().file("image");
        var running = lab.start(Load.LEAST, image, Optional.of(engine), List.of());
        log = running.program().log();
        try {
            lab.asker().must("POST", lab.port(), "/checkpoint");
            long start = System.nanoTime();
            running.program().awaitGone(DumpedProgram.DEADLINE);
            long end = System.nanoTime();
            var dumped = lab.dumped(running, image);
            return restore(dumped, Sample.of(SelfDump.GONE, StartMetrics.milliseconds(end - start)));
        } finally {
            running.program().kill();
            lab.work().awaitQuiet();
            Work.remove(image);
        }
    }

    private record Restored(RestoredProcess process, long nanos) {}

    private Sample restore(DumpedProgram dumped, Sample sample) throws IOException, InterruptedException {
        dumped.awaitFree();
        log = lab.work().file("restored.log");
        Files.createFile(log);
        var request = RestoreRequest.builder(dumped.directory())
                .engine(engine)
                .output(log)
                .build();
        long start = System.nanoTime();
        var restored = CompletableFuture.supplyAsync(() -> restore(request));
        try {
            var answer = lab.asker().await(lab.port(), "/value", restored::isCompletedExceptionally);
            dumped.requireSame(answer.body());
            return sample.and(
                            StartMetrics.RETURNED,
                            StartMetrics.milliseconds(restored.get().nanos() - start))
                    .and(StartMetrics.ANSWER, StartMetrics.milliseconds(answer.nanos() - start));
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } finally {
            if (!restored.isCompletedExceptionally()) {
                var pid = restored.join().process().pid();
                lab.work().program(pid, log).end(DumpedProgram.DEADLINE);
            }
        }
    }

    private static Restored restore(RestoreRequest request) {
        try {
            var process = Checkpointer.restore(request);
            return new Restored(process, System.nanoTime());
        } catch (EngineException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public Optional<Path> log() {
        return Optional.ofNullable(log);
    }
}
