package dev.checkpointer;

import dev.checkpointer.internal.jvm.Coordinator;
import dev.checkpointer.internal.jvm.Obstacles;
import dev.checkpointer.internal.jvm.Round;
import dev.checkpointer.internal.restore.RestoredMain;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.crac.CheckpointException;
import org.crac.RestoreException;

/**
 * This JVM between the two notifications of a checkpoint, while somebody dumps it: another process, or
 * {@link #dump(CheckpointRequest)}. No other checkpoint can begin until this one has ended. Who prepares a checkpoint has
 * to end it in every case, after a restore as after a failure. Safe for use by several threads.
 *
 * @see Checkpointer#prepare()
 * @since 0.1.0
 */
public final class PreparedCheckpoint implements AutoCloseable {
    private final Round round;

    PreparedCheckpoint(Round round) {
        this.round = round;
    }

    /**
     * Collects garbage and gives free memory back, unless the setting {@link Setting#HEAP} says {@code keep}. Last thing
     * to do before a dump.
     *
     * @return sizes before and after in bytes, as lines of a manifest; empty when nothing was done
     */
    public Map<String, String> shrinkHeap() {
        return round.shrinkHeap();
    }

    /**
     * Looks for what the descriptors of this JVM have against a dump, and does to them what the policy file says, before another
     * process dumps. {@link #dump(CheckpointRequest)} does so itself.
     *
     * @param request what is to become of connections; names no other process
     * @param closing paths of listening Unix sockets; their connections will be closed until the dump and do not count
     * @throws CheckpointException when something prevents the dump; every cause is suppressed, and nothing was closed
     */
    public void settleDescriptors(CheckpointRequest request, Set<Path> closing) throws CheckpointException {
        try {
            Obstacles.settle(request, closing);
        } catch (javax.crac.CheckpointException e) {
            throw Checkpointer.withSuppressed(new CheckpointException(e.getMessage()), e);
        }
    }

    /**
     * Dumps this JVM as {@link Checkpointer#checkpoint(CheckpointRequest)} does, and ends the checkpoint.
     *
     * @param request what to dump and how; names no other process
     * @return whether this is the restored program, or the one that went on
     * @throws CheckpointException when there is no image and the program goes on as before
     * @throws RestoreException when the program was restored but resources failed
     */
    public CheckpointOutcome dump(CheckpointRequest request) throws CheckpointException, RestoreException {
        if (request.pid().isPresent()) {
            throw new IllegalArgumentException(
                    "the request names process " + request.pid().getAsLong());
        }
        return Checkpointer.translated(() -> Coordinator.instance().dump(round, request));
    }

    /**
     * Whether this process came from an image since the checkpoint was prepared.
     *
     * @return true in the restored program alone. A look into {@code /proc} at each call
     */
    public boolean restored() {
        return round.restored();
    }

    /**
     * Ends the checkpoint: the resources' {@code afterRestore} runs, after a restore as after a failure. Only the first
     * call does so; the others wait for it and do nothing. A main method that the restore asks for is then called on a thread
     * of its own.
     *
     * @return true for the call that ended it
     * @throws RestoreException when resources fail; every cause is a suppressed exception, the same ones for each caller
     */
    public boolean end() throws RestoreException {
        try {
            boolean first = round.end();
            if (first && round.restored()) {
                RestoredMain.current().ifPresent(RestoredMain::start);
            }
            return first;
        } catch (javax.crac.RestoreException e) {
            throw Checkpointer.withSuppressed(new RestoreException(e.getMessage()), e);
        }
    }

    /** The same as {@link #end()}. */
    @Override
    public void close() throws RestoreException {
        end();
    }
}
