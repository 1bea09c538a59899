package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.DumpPreparation;
import dev.checkpointer.SettingException;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.internal.context.OrderedContext;
import dev.checkpointer.internal.restore.RestoredMain;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

    private final Rehearsal rehearsal = new Rehearsal();
    private final OrderedContext globalContext = new OrderedContext(rehearsal::begin);
    private final AtomicReference<Thread> busy = new AtomicReference<>();

    private Coordinator() {
        Management.registerIfCheap();
    }

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
     * Registers a resource that is not the program's.
     *
     * @param resource what is called last before a dump and first after it
     */
    public void attend(Resource resource) {
        globalContext.attend(resource);
    }

    /** The classes of what accompanies the program. */
    List<Class<?>> company() {
        return globalContext.company();
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
        if (request.pid().isPresent()) {
            return checkpoint(request, Map::of);
        }
        Settings.current().unknown().forEach(Coordinator::warn);
        lock();
        var dump = plan(request);
        var round = new Round(globalContext, this::unlock);
        round.begin();
        return dump(round, dump);
    }

    /**
     * Dumps another process. Nobody in it is notified, unless the preparation does.
     *
     * @param request names the process
     * @param preparation runs when it is known that there is an engine and a directory
     * @return that this process goes on
     * @throws CheckpointException when there is no image; every cause is suppressed
     */
    public CheckpointOutcome checkpoint(CheckpointRequest request, DumpPreparation preparation)
            throws CheckpointException {
        Settings.current().unknown().forEach(Coordinator::warn);
        lock();
        var dump = plan(request);
        try {
            dump.preDump();
            var noted = preparation.run();
            var obstacles = dump.obstacles();
            if (!obstacles.isEmpty()) {
                throw Failures.checkpoint(obstacles);
            }
            dump.settleDescriptors();
            return dump.run(() -> noted, () -> {});
        } catch (CheckpointException e) {
            dump.abandon(e);
            throw e;
        } catch (Exception e) {
            dump.abandon(e);
            throw Failures.checkpoint(e);
        } finally {
            unlock();
        }
    }

    /**
     * Notifies the resources before a checkpoint whose dump somebody else makes.
     *
     * @return what has to be ended
     * @throws CheckpointException when resources fail or another checkpoint is under way; every cause is suppressed
     */
    public Round begin() throws CheckpointException {
        lock();
        var round = new Round(globalContext, this::unlock);
        round.begin();
        round.warnOfClones();
        round.awaitWarning();
        return round;
    }

    /**
     * Dumps this JVM in a round that was begun, and ends the round.
     *
     * @param round what was begun
     * @param request what to dump and how
     * @return whether this is the restored program, or the one that went on
     * @throws CheckpointException when there is no image; every cause is suppressed
     * @throws RestoreException when resources failed after the restore; every cause is suppressed
     */
    public CheckpointOutcome dump(Round round, CheckpointRequest request) throws CheckpointException, RestoreException {
        Dump dump;
        try {
            dump = Dump.plan(request);
        } catch (Throwable e) {
            throw round.undo(List.of(e));
        }
        return dump(round, dump);
    }

    /**
     * The resources that would be notified.
     *
     * @return their classes' names, in the order of registration
     */
    public List<String> resources() {
        return globalContext.names();
    }

    private static CheckpointOutcome dump(Round round, Dump dump) throws CheckpointException, RestoreException {
        CheckpointOutcome outcome;
        try {
            var obstacles = dump.obstacles();
            if (!obstacles.isEmpty()) {
                throw Failures.checkpoint(obstacles);
            }
            dump.settleDescriptors();
            if (dump.makesImage()) {
                round.warnOfClones();
            }
            dump.preDump();
            outcome = dump.run(round::shrinkHeap, round::awaitWarning);
            dump.note();
        } catch (CheckpointException e) {
            throw round.undo(Arrays.asList(e.getSuppressed()));
        } catch (Throwable e) {
            throw round.undo(List.of(e));
        }
        round.end();
        if (round.restored()) {
            var main = RestoredMain.current();
            if (main.isPresent()) {
                main.get().call();
            }
        }
        return outcome;
    }

    /** Gives the lock back when it fails. */
    private Dump plan(CheckpointRequest request) throws CheckpointException {
        boolean planned = false;
        try {
            var dump = Dump.plan(request);
            planned = true;
            return dump;
        } catch (EngineException | SettingException e) {
            if (request.pid().isEmpty()) {
                History.INSTANCE.failed(List.of(e));
            }
            throw Failures.checkpoint(e);
        } finally {
            if (!planned) {
                unlock();
            }
        }
    }

    private static void warn(String message) {
        System.getLogger("dev.checkpointer").log(System.Logger.Level.WARNING, message);
    }

    private void lock() throws CheckpointException {
        var other = busy.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw Failures.checkpoint(new IllegalStateException(
                    other == Thread.currentThread()
                            ? "a checkpoint was requested during a notification of a checkpoint"
                            : "a checkpoint is already under way on thread '" + other.getName() + "'"));
        }
        rehearsal.await();
    }

    private void unlock() {
        busy.set(null);
    }
}
