package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code criu dump} of a program, and {@code criu restore} of another one of its kind, which an engine dumped. */
final class RawRoundTrip implements Contestant {
    private final RawDump dump;
    private final RawStart restore;
    private Contestant current;

    RawRoundTrip(LoadLab lab, String name) {
        dump = new RawDump(lab, name, Load.LEAST);
        restore = new RawStart(lab.subject(Load.LEAST), name, List.of());
        current = dump;
    }

    @Override
    public String name() {
        return dump.name();
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        restore.prepare();
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        current = dump;
        var gone = dump.run().values().get(SelfDump.GONE);
        current = restore;
        var restored = restore.run();
        return Sample.of(SelfDump.GONE, gone)
                .and(StartMetrics.RETURNED, restored.values().get(StartMetrics.RETURNED))
                .and(StartMetrics.ANSWER, restored.values().get(StartMetrics.ANSWER));
    }

    @Override
    public Optional<Path> log() {
        return current.log();
    }
}
