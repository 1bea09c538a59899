package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.Suite;
import dev.checkpointer.benchmarks.harness.Bound;
import dev.checkpointer.benchmarks.harness.Comparison;
import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Jdk;
import dev.checkpointer.benchmarks.harness.Race;
import dev.checkpointer.benchmarks.suites.ColdStart.Archive;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** From the start of a program to its first answer. */
public final class StartSuite implements Suite {
    private static final String COLD = "fat jar, ";
    private static final String AHEAD = "AOT cache, ";
    private static final String RAW = "criu restore";
    private static final String DEFAULTS = "restored";
    private static final String FAST = "restored, fast settings";
    private static final String STANDBY = "standby, SIGCONT";

    /** The newest JDK is asked for that writes and reads a cache with one option each. */
    private static final int AHEAD_OF_TIME_CACHE = 25;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String description() {
        return "examples, from their start to the first HTTP 200: cold and restored in several ways";
    }

    @Override
    public void run(Setting setting) throws IOException, InterruptedException {
        for (var example : examples(setting)) {
            var lab = new Lab(setting.root(), setting.work(), setting.asker(), example);
            var contestants = new ArrayList<Contestant>(cold(lab, setting.small()));
            contestants.addAll(restored(lab));
            contestants.removeIf(contestant -> !setting.wanted(contestant.name()));
            var race = new Race(example.title(), contestants, setting.console()).run(setting.runs());
            setting.publish(name(), race);
            if (example.name().equals("spring-boot")) {
                setting.publish(bounds(race.comparisons()));
            }
        }
    }

    private static List<Example> examples(Setting setting) throws IOException {
        var examples = Example.ALL.stream()
                .filter(example ->
                        setting.example().isEmpty() || setting.example().get().equals(example.name()))
                .toList();
        if (examples.isEmpty()) {
            throw new IOException("there is no example " + setting.example().orElse("") + "; there are "
                    + Example.ALL.stream().map(Example::name).toList());
        }
        for (var example : examples) {
            if (!Files.exists(example.jar(setting.root()))) {
                throw new IOException(example.jar(setting.root()) + " was not built");
            }
        }
        return examples;
    }

    /** The small form does without the cache, which takes ten seconds to make. */
    private static List<Contestant> cold(Lab lab, boolean small) throws IOException {
        var jdk = Jdk.current();
        boolean extracted = lab.example().nested();
        var contestants = new ArrayList<Contestant>();
        contestants.add(new ColdStart(lab, extracted ? "fat jar" : "jar", jdk, false, Archive.NONE));
        if (extracted) {
            contestants.add(new ColdStart(lab, "extracted jar", jdk, true, Archive.NONE));
        }
        contestants.add(new ColdStart(lab, "AppCDS", jdk, extracted, Archive.CLASSES));
        var newest = Jdk.newest(AHEAD_OF_TIME_CACHE);
        if (newest.isPresent() && !small) {
            contestants.add(new ColdStart(lab, "AOT cache", newest.get(), extracted, Archive.AHEAD_OF_TIME));
        }
        return contestants;
    }

    /** Each with the options of the JVM that was dumped, and with those of the launcher. */
    private static List<Contestant> restored(Lab lab) {
        var contestants = new ArrayList<Contestant>();
        contestants.add(new RawStart(lab, RAW, List.of()));
        contestants.add(new LauncherStart(lab, DEFAULTS, List.of(), List.of()));
        contestants.add(new LauncherStart(lab, "restored lazily", List.of(), List.of("--lazy")));
        contestants.add(new MappedStart(lab, "restored, image map --learn"));
        if (lab.example().trigger() == Example.Trigger.ACTUATOR) {
            contestants.add(new FastStart(lab, FAST));
        }
        contestants.add(new StandbyStart(lab, "standby before its notification, SIGCONT", List.of(), List.of()));
        if (lab.example().trigger() != Example.Trigger.COMMAND) { // which cannot tell that it is ready
            contestants.add(new StandbyStart(lab, STANDBY, List.of(), List.of("--wait-ready")));
        }
        if (lab.example().standby()) {
            contestants.add(new ManagerStart(lab, "standby, manager", List.of()));
        }
        return contestants;
    }

    /** What the project wants to reach with Spring Boot. */
    private static List<Bound> bounds(List<Comparison> comparisons) {
        var bounds = new ArrayList<Bound>();
        for (var comparison : comparisons) {
            var restored = comparison.of(DEFAULTS);
            if (comparison.metric().equals(StartMetrics.RETURNED)) {
                bounds.add(Bound.of(
                        "the launcher takes as long as criu restore", false, 1.10, restored, comparison.of(RAW)));
            } else {
                var cold = comparison.series().stream()
                        .filter(series -> series.contestant().startsWith(COLD))
                        .findFirst();
                var ahead = comparison.series().stream()
                        .filter(series -> series.contestant().startsWith(AHEAD))
                        .findFirst();
                bounds.add(Bound.of("sooner than the fat jar: restored", true, 40, cold, restored));
                bounds.add(Bound.of("sooner than the AOT cache: restored", true, 14, ahead, restored));
                bounds.add(Bound.of("sooner than the fat jar: fast settings", true, 70, cold, comparison.of(FAST)));
                bounds.add(Bound.of("sooner than the fat jar: standby", true, 400, cold, comparison.of(STANDBY)));
            }
        }
        return bounds;
    }
}
