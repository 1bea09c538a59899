package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.SettingException;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.internal.context.OrderedContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.crac.CheckpointException;
import javax.crac.Context;
import javax.crac.Resource;
import javax.crac.RestoreException;

/**
 * Takes a JVM through one checkpoint: notify the resources, dump, wake up, notify again. What was begun is always
 * undone, and one checkpoint runs at a time. Safe for use by several threads.
 */
public final class Coordinator {
    private static final Coordinator INSTANCE = new Coordinator();

    private final OrderedContext globalContext = new OrderedContext();
    private final AtomicReference<Thread> busy = new AtomicReference<>();

    private Coordinator() {}

    /**
     * The one coordinator of this JVM.
     *
     * @return the coordinator
     */
    public static Coordinator instance() {
        return INSTANCE;
    }

    /**
     * The context whose resources are notified.
     *
     * @return the global context
     */
    public Context<Resource> globalContext() {
        return globalContext;
    }

    /**
     * Does what the request says.
     *
     * @param request what to dump and how
     * @return whether this is the restored program, or the one that went on
     * @throws CheckpointException when there is no image; every cause is suppressed
     * @throws RestoreException when resources failed after the restore; every cause is suppressed
     */
    public CheckpointOutcome checkpoint(CheckpointRequest request) throws CheckpointException, RestoreException {
        var other = busy.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw Failures.checkpoint(new IllegalStateException(
                    other == Thread.currentThread()
                            ? "a checkpoint was requested during a notification of a checkpoint"
                            : "a checkpoint is already under way on thread '" + other.getName() + "'"));
        }
        try {
            var dump = Dump.plan(request);
            return request.pid().isPresent() ? dumpOther(dump) : dumpSelf(dump);
        } catch (EngineException | SettingException e) {
            throw Failures.checkpoint(e);
        } finally {
            busy.set(null);
        }
    }

    /** Another process is dumped as it is; nobody in it is notified. */
    private static CheckpointOutcome dumpOther(Dump dump) throws CheckpointException, EngineException {
        var obstacles = dump.obstacles();
        if (!obstacles.isEmpty()) {
            throw Failures.checkpoint(obstacles);
        }
        return dump.run();
    }

    private CheckpointOutcome dumpSelf(Dump dump) throws CheckpointException, RestoreException {
        CheckpointOutcome outcome;
        try {
            globalContext.beforeCheckpoint(globalContext);
            var obstacles = dump.obstacles();
            if (!obstacles.isEmpty()) {
                throw Failures.checkpoint(obstacles);
            }
            outcome = dump.run();
        } catch (CheckpointException e) {
            throw undo(Arrays.asList(e.getSuppressed()));
        } catch (Throwable e) {
            throw undo(List.of(e));
        }
        globalContext.afterRestore(globalContext);
        return outcome;
    }

    private CheckpointException undo(List<Throwable> causes) {
        var all = new ArrayList<>(causes);
        try {
            globalContext.afterRestore(globalContext);
        } catch (RestoreException e) {
            all.addAll(Arrays.asList(e.getSuppressed()));
        }
        return Failures.checkpoint(all);
    }
}
