package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.Suite;
import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Metric;
import dev.checkpointer.benchmarks.harness.Race;
import dev.checkpointer.benchmarks.harness.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** How a restore grows with what the program holds, and with how many of it are restored at once. */
public final class ScaleSuite implements Suite {
    private static final Metric BEFORE = Metric.time("notification before the checkpoint");
    private static final Metric AFTER = Metric.time("notification after the restore");

    private static final String RESOURCES_TITLE = "resources";
    private static final List<Integer> HEAPS = List.of(16, 64, 256, 1024, 4096);
    private static final List<Integer> THREADS = List.of(10, 100, 500, 2000);
    private static final List<Integer> DESCRIPTORS = List.of(10, 100, 1000, 5000);
    private static final List<Integer> RESOURCES = List.of(1, 100, 1000, 10_000, 100_000);
    private static final List<Integer> CLONES = List.of(1, 2, 4, 8, 16, 32);

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public String description() {
        return "a restore against heap, threads, descriptors, resources, and clones at once";
    }

    @Override
    public void run(Setting setting) throws IOException, InterruptedException {
        var lab = new LoadLab(setting);
        try {
            var contestants = new ArrayList<Contestant>();
            for (var load : lab.bearable(
                    sizes(setting, HEAPS).stream().map(Load::ofHeap).toList())) {
                contestants.add(restored(lab, "heap", load.heap() + " MB", load, List.of()));
                contestants.add(restored(lab, "heap", load.heap() + " MB, lazily", load, List.of("--lazy")));
            }
            race(setting, "heap", contestants);
            lab.forget();
            race(setting, lab, "threads", THREADS, Load::ofThreads);
            race(setting, lab, "descriptors", DESCRIPTORS, Load::ofDescriptors);
            race(setting, lab, RESOURCES_TITLE, RESOURCES, Load::ofResources);
            lab.forget();
            race(
                    setting,
                    "clones at once",
                    sizes(setting, CLONES).stream()
                            .map(count -> (Contestant) new Clones(lab, count))
                            .toList());
        } finally {
            lab.forget();
        }
    }

    private static List<Integer> sizes(Setting setting, List<Integer> sizes) {
        return setting.small() ? sizes.subList(0, 1) : sizes;
    }

    private void race(Setting setting, String title, List<Contestant> contestants) throws InterruptedException {
        var wanted = contestants.stream()
                .filter(contestant -> setting.wanted(contestant.name()))
                .toList();
        setting.publish(name(), new Race(title, wanted, setting.console()).run(setting.runs()));
    }

    private void race(Setting setting, LoadLab lab, String title, List<Integer> sizes, IntFunction<Load> load)
            throws InterruptedException {
        race(
                setting,
                title,
                sizes(setting, sizes).stream()
                        .map(size -> restored(lab, title, size.toString(), load.apply(size), List.of()))
                        .toList());
    }

    /** The times of the notifications are the program's own. */
    private static Contestant restored(
            LoadLab lab, String title, String name, Load load, List<String> launcherOptions) {
        return new LauncherStart(lab.subject(load), name, List.of(), launcherOptions) {
            @Override
            Sample more(Sample sample) throws IOException {
                if (title.equals(RESOURCES_TITLE)) {
                    var times = lab.asker().must("GET", lab.port(), "/times").split(" ");
                    return sample.and(BEFORE, StartMetrics.milliseconds(Long.parseLong(times[0])))
                            .and(AFTER, StartMetrics.milliseconds(Long.parseLong(times[1])));
                }
                return sample;
            }
        };
    }
}
