package dev.checkpointer.benchmarks.micro;

import dev.checkpointer.internal.context.OrderedContext;
import java.util.ArrayList;
import java.util.List;
import javax.crac.CheckpointException;
import javax.crac.Context;
import javax.crac.Resource;
import javax.crac.RestoreException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Both notifications of the resources of a context. */
@State(Scope.Benchmark)
public class NotificationBenchmark {
    /** How many resources are registered. */
    @Param({"1", "100", "10000", "100000"})
    public int resources;

    private final List<Counter> held = new ArrayList<>();
    private OrderedContext context;

    private static final class Counter implements Resource {
        private int count;

        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) {
            count++;
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) {
            count++;
        }
    }

    /** Registers them; the context holds them weakly. */
    @Setup
    public void register() {
        context = new OrderedContext(() -> {});
        for (int i = 0; i < resources; i++) {
            var counter = new Counter();
            held.add(counter);
            context.register(counter);
        }
    }

    /**
     * Notifies.
     *
     * @return the last resource's count
     * @throws CheckpointException never
     * @throws RestoreException never
     */
    @Benchmark
    public int bothNotifications() throws CheckpointException, RestoreException {
        context.beforeCheckpoint(null);
        context.afterRestore(null);
        return held.get(held.size() - 1).count;
    }
}
