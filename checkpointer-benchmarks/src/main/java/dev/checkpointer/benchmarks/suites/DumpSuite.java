package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.Suite;
import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Race;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** From the call to the end of the process, and how large the image is. */
public final class DumpSuite implements Suite {
    private static final List<Integer> HEAPS = List.of(16, 64, 256, 1024, 4096);

    @Override
    public String name() {
        return "dump";
    }

    @Override
    public String description() {
        return "Core.checkpointRestore() until the process is gone, beside criu dump, and the size of the image";
    }

    @Override
    public void run(Setting setting) throws IOException, InterruptedException {
        var lab = new LoadLab(setting);
        var heaps = (setting.small() ? HEAPS.subList(0, 1) : HEAPS)
                .stream().map(Load::ofHeap).toList();
        for (var load : lab.bearable(heaps)) {
            var contestants = new ArrayList<Contestant>();
            contestants.add(new RawDump(lab, "criu dump", load));
            contestants.add(new SelfDump(lab, "heap kept", load, List.of("-Dcheckpointer.heap=keep"), false));
            contestants.add(new SelfDump(lab, "heap shrunk", load, List.of(), false));
            contestants.add(new SelfDump(lab, "heap shrunk, exported (zstd)", load, List.of(), true));
            contestants.removeIf(contestant -> !setting.wanted(contestant.name()));
            setting.publish(
                    name(),
                    new Race("dump, live heap of " + load.heap() + " MB", contestants, setting.console())
                            .run(setting.runs()));
        }
    }
}
