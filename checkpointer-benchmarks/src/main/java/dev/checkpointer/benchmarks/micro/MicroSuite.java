package dev.checkpointer.benchmarks.micro;

import dev.checkpointer.benchmarks.Suite;
import dev.checkpointer.benchmarks.harness.Comparison;
import dev.checkpointer.benchmarks.harness.Metric;
import dev.checkpointer.benchmarks.harness.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Single steps of a checkpoint, by JMH. Its iterations are the runs. */
public final class MicroSuite implements Suite {
    private static final Metric CALL = new Metric("time of a call", Metric.Unit.MICROSECONDS);
    private static final int WARM_UP = 3;

    @Override
    public String name() {
        return "micro";
    }

    @Override
    public String description() {
        return "notifications, /proc and manifests, call by call (JMH)";
    }

    @Override
    public void run(Setting setting) throws IOException {
        System.setProperty("jmh.ignoreLock", "true"); // it would stay in the temporary directory
        setting.console().note("micro: JMH runs for some minutes");
        try {
            setting.publish(name(), comparisons(new Runner(options(setting)).run()));
        } catch (RunnerException e) {
            throw new IOException("JMH failed: " + e.getMessage(), e);
        }
    }

    /** The small form runs in this JVM, since another one takes its time to start. */
    private static Options options(Setting setting) {
        var time = setting.small() ? TimeValue.milliseconds(20) : TimeValue.seconds(1);
        return new OptionsBuilder()
                .include("dev\\.checkpointer\\.benchmarks\\.micro\\..*")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.MICROSECONDS)
                .forks(setting.small() ? 0 : 1)
                .warmupIterations(setting.small() ? 0 : WARM_UP)
                .warmupTime(time)
                .measurementIterations(setting.runs())
                .measurementTime(time)
                .jvmArgsAppend("-Djava.io.tmpdir=" + setting.work().directory())
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
    }

    private static List<Comparison> comparisons(Collection<RunResult> results) {
        var byName = new LinkedHashMap<String, List<Series>>();
        for (var result : results) {
            var parameters = result.getParams();
            var name = parameters.getBenchmark().replaceFirst(".*\\.", "");
            var contestant = new ArrayList<String>();
            parameters.getParamsKeys().forEach(key -> contestant.add(parameters.getParam(key) + " " + key));
            byName.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(new Series(String.join(", ", contestant), values(result)));
        }
        return byName.entrySet().stream()
                .map(entry -> new Comparison(entry.getKey(), CALL, entry.getValue()))
                .toList();
    }

    private static TreeMap<Integer, Double> values(RunResult result) {
        var values = new TreeMap<Integer, Double>();
        result.getBenchmarkResults()
                .forEach(fork -> fork.getIterationResults()
                        .forEach(iteration -> values.put(
                                values.size(), iteration.getPrimaryResult().getScore())));
        return values;
    }
}
