package dev.checkpointer;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineReport;
import dev.checkpointer.internal.clones.Generators;
import dev.checkpointer.internal.descriptor.DescriptorPlan;
import dev.checkpointer.internal.descriptor.Opens;
import dev.checkpointer.internal.jvm.Coordinator;
import dev.checkpointer.internal.jvm.EngineLoader;
import dev.checkpointer.internal.jvm.History;
import dev.checkpointer.internal.jvm.Obstacles;
import dev.checkpointer.internal.restore.TellingRestore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.crac.CheckpointException;
import org.crac.RestoreException;

/**
 * Checkpoint and restore with options that {@code org.crac} has no words for. Programs that need none call
 * {@link org.crac.Core#checkpointRestore()}; both notify the same resources. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class Checkpointer {
    private Checkpointer() {}

    /**
     * Writes this JVM, or the process that the request names, to an image.
     *
     * @param request what to dump and how
     * @return {@link CheckpointOutcome#RESTORED} in the program that woke up from the image,
     *     {@link CheckpointOutcome#CONTINUED} in the one that was left running, or when another process was dumped
     * @throws CheckpointException when there is no image and the program goes on as before; every cause is a suppressed
     *     exception, an engine's being an {@link EngineException}
     * @throws RestoreException when the program was restored but resources failed; every cause is a suppressed exception
     */
    public static CheckpointOutcome checkpoint(CheckpointRequest request) throws CheckpointException, RestoreException {
        return translated(() -> Coordinator.instance().checkpoint(request));
    }

    /**
     * Writes another process to an image, with a preparation.
     *
     * @param request what to dump and how; names the process
     * @param preparation what has to be done in that process before
     * @throws CheckpointException when there is no image; every cause is a suppressed exception, among them what the
     *     preparation threw. What the preparation did is not undone
     */
    public static void checkpoint(CheckpointRequest request, DumpPreparation preparation) throws CheckpointException {
        if (request.pid().isEmpty()) {
            throw new IllegalArgumentException("the request names no process");
        }
        try {
            Coordinator.instance().checkpoint(request, preparation);
        } catch (javax.crac.CheckpointException e) {
            throw withSuppressed(new CheckpointException(e.getMessage()), e);
        }
    }

    /**
     * Prepares this JVM for a dump by somebody else: the resources' {@code beforeCheckpoint} runs. To be ended by
     * {@link PreparedCheckpoint#end()} in every case.
     *
     * @return the prepared checkpoint
     * @throws CheckpointException when a resource fails, or while another checkpoint is under way; {@code afterRestore} has
     *     run then, and every cause is a suppressed exception
     */
    public static PreparedCheckpoint prepare() throws CheckpointException {
        try {
            return new PreparedCheckpoint(Coordinator.instance().begin());
        } catch (javax.crac.CheckpointException e) {
            throw withSuppressed(new CheckpointException(e.getMessage()), e);
        }
    }

    /**
     * What the descriptors of a process have against a dump, as every checkpoint asks before it dumps.
     *
     * @param request which process, and what is to become of connections
     * @param closing paths of listening Unix sockets; their connections will be closed until the dump and do not count
     * @return one failure for each descriptor that cannot come back; empty when nothing prevents a dump
     * @throws EngineException when the process cannot be looked at
     */
    public static List<EngineException> obstacles(CheckpointRequest request, Set<Path> closing) throws EngineException {
        return Obstacles.of(request, closing);
    }

    /**
     * The resources that a checkpoint notifies now.
     *
     * @return their classes' names, in the order of registration
     */
    public static List<String> resources() {
        return Coordinator.instance().resources();
    }

    /**
     * Whom the agent tells of random generators. When the program is restored they get new seeds from the kernel, so that
     * copies of one image do not draw the same numbers.
     *
     * @return hears of each {@code Random} and {@code SplittableRandom} that is made; safe for use by several threads
     */
    public static Consumer<Object> generators() {
        return Generators::add;
    }

    /**
     * Whom the agent tells of objects that hold descriptors, so that a rule may close them, and a refusal tell where they were
     * made. The packages java.io, java.net and sun.nio.ch have to be open to this module.
     *
     * @return hears of each such object in its constructor; safe for use by several threads
     */
    public static Consumer<Object> opens() {
        Opens.begin(Settings.current().flag(Setting.DESCRIPTORS_TRACE));
        return Opens::add;
    }

    /**
     * Reads the policy file that the settings name, if any, as every checkpoint does before it begins.
     *
     * @throws EngineException when it is missing or has a mistake; the message names the line
     */
    public static void requirePolicies() throws EngineException {
        DescriptorPlan.requirePolicies(Settings.current());
    }

    /**
     * Registers a resource of what accompanies the program, as an agent does: it is notified last before each dump and first
     * after it, and is not listed by {@link #resources()}. It is held strongly.
     *
     * @param resource what is notified; a failure counts as that of any resource
     */
    public static void attend(javax.crac.Resource resource) {
        Coordinator.instance().attend(resource);
    }

    /**
     * What became of the checkpoints of this JVM, also where there is no management server.
     *
     * @return the bean that is registered as {@value CheckpointerMXBean#NAME}
     */
    public static CheckpointerMXBean management() {
        return History.INSTANCE;
    }

    /** A checkpoint in the words of {@code javax.crac}. */
    interface Attempt {
        CheckpointOutcome run() throws javax.crac.CheckpointException, javax.crac.RestoreException;
    }

    static CheckpointOutcome translated(Attempt attempt) throws CheckpointException, RestoreException {
        try {
            return attempt.run();
        } catch (javax.crac.CheckpointException e) {
            throw withSuppressed(new CheckpointException(e.getMessage()), e);
        } catch (javax.crac.RestoreException e) {
            throw withSuppressed(new RestoreException(e.getMessage()), e);
        }
    }

    static <E extends Exception> E withSuppressed(E exception, Exception source) {
        for (var cause : source.getSuppressed()) {
            exception.addSuppressed(cause);
        }
        return exception;
    }

    /**
     * Looks for what keeps a process from being dumped, without touching it: descriptors that cannot come back, for
     * instance. A checkpoint looks for the same. That there are no obstacles is no promise: CRIU may know of others.
     *
     * @param request what to dump and how; without a PID it is the calling JVM, as it is before its resources are notified
     * @return one failure for each obstacle, with what to do about it; empty when there are none
     * @throws EngineException when there is no such process, or this user may not look at it
     */
    public static List<EngineException> obstacles(CheckpointRequest request) throws EngineException {
        return Obstacles.of(request, Set.of());
    }

    /**
     * Starts the program of an image.
     *
     * @param request what to restore and how
     * @return the restored process
     * @throws EngineException when nothing was restored
     */
    public static RestoredProcess restore(RestoreRequest request) throws EngineException {
        return TellingRestore.run(EngineLoader.selection().choose(request.engine(), Settings.current()), request);
    }

    /**
     * Asks every engine whether it works here.
     *
     * @return who would be chosen with the current settings, and why the others would not
     * @throws EngineException when two engines have one name
     */
    public static EngineReport engines() throws EngineException {
        return EngineLoader.selection().report(Settings.current().text(Setting.ENGINE), Settings.current());
    }
}
