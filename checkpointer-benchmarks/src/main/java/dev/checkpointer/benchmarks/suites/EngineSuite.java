package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.Suite;
import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Race;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The engines beside each other, and beside CRIU itself. */
public final class EngineSuite implements Suite {
    private static final List<String> ENGINES = List.of("criu-exec", "criu-rpc", "libcriu");

    @Override
    public String name() {
        return "engines";
    }

    @Override
    public String description() {
        return "a dump by each engine, and a restore through Checkpointer.restore, beside criu";
    }

    @Override
    public void run(Setting setting) throws IOException, InterruptedException {
        var lab = new LoadLab(setting);
        try {
            var contestants = new ArrayList<Contestant>();
            contestants.add(new RawRoundTrip(lab, "criu"));
            ENGINES.forEach(engine -> contestants.add(new EngineRoundTrip(lab, engine, !setting.small())));
            contestants.removeIf(contestant -> !setting.wanted(contestant.name()));
            setting.publish(name(), new Race("engines", contestants, setting.console()).run(setting.runs()));
        } finally {
            lab.forget();
        }
    }
}
