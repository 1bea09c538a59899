package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.RawRestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code criu restore}, the floor. */
final class RawStart extends RestoredStart {
    /**
     * @param jvmOptions with which the program was started of which the image was made
     */
    RawStart(Subject subject, String name, List<String> jvmOptions) {
        super(subject, name, jvmOptions);
    }

    @Override
    Begun begin(Path log) throws IOException {
        var raw = new RawRestore(subject().work(), image().directory(), image().manifest());
        var builder = raw.prepare(log);
        long start = System.nanoTime();
        var process = subject().work().start(builder);
        var returned = process.onExit().thenApply(ended -> System.nanoTime());
        return new Begun() {
            @Override
            public long start() {
                return start;
            }

            @Override
            public boolean failed() {
                return !process.isAlive() && process.exitValue() != 0;
            }

            @Override
            public Restored complete() throws IOException, InterruptedException {
                await(process);
                return new Restored(subject().work().program(raw.pid(), log), Optional.of(returned.join()));
            }
        };
    }

    @Override
    public Optional<Path> log() {
        return super.log().map(log -> Files.exists(RawRestore.criuLog(log)) ? RawRestore.criuLog(log) : log);
    }
}
