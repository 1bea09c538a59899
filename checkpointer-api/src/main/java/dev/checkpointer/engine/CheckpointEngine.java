package dev.checkpointer.engine;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import java.util.Optional;

/**
 * A way to write a process to an image and to start it again. Engines are found with {@link java.util.ServiceLoader}.
 *
 * <p>An engine's constructor does nothing, and its class links to no optional library: what is missing on a machine is
 * said by {@link #probe()}. Engines are safe for use by several threads; the coordinator asks for one checkpoint at a
 * time.
 *
 * @since 0.1.0
 */
public interface CheckpointEngine {
    /**
     * The name by which the setting {@code checkpointer.engine} chooses this engine.
     *
     * @return a unique name of small letters, digits and hyphens
     */
    String name();

    /**
     * The rank among available engines: the highest one is chosen. Priorities are spaced by ten so that others find
     * room between them; {@code criu-exec} has 10. An engine with a negative priority is never chosen by itself, only
     * by name.
     *
     * @return the rank
     */
    int priority();

    /**
     * Says whether this engine works here. Cheap, without side effects, and never throwing.
     *
     * @return the answer
     */
    EngineProbe probe();

    /**
     * Makes ready for a {@link #checkpoint} of this JVM, mostly by loading classes and libraries, so that a first dump needs
     * not wait for that. Called on a thread of its own while the program goes on. It changes nothing, leaves nothing open and
     * no process behind. What it throws is not told: it is thrown again by the checkpoint.
     *
     * @param request what may be dumped one day; its staging directory is not there
     * @throws Exception for any reason
     */
    default void warmUp(CheckpointRequest request) throws Exception {}

    /**
     * Writes the memory of another process to {@link dev.checkpointer.ImageDirectory#PRE_DUMP} in
     * {@link CheckpointRequest#stagingDirectory()} while the process runs. A {@link #checkpoint} with the same request
     * follows, which then writes only the memory that has changed since, as long as that directory is there.
     *
     * @param request what will be dumped and how
     * @return why there is no such copy, as half a sentence; nothing of it is left then. Empty when there is one
     * @throws EngineException when the process cannot be dumped at all, now or later
     */
    default Optional<String> preDump(CheckpointRequest request) throws EngineException {
        return Optional.of("engine " + name() + " has none");
    }

    /**
     * Writes a process to an image in {@link CheckpointRequest#stagingDirectory()}. Without
     * {@link CheckpointRequest#pid()} that process is the calling JVM.
     *
     * <p>When the image is written, and before the process ends or goes on, the engine runs
     * {@link dev.checkpointer.ImageDirectory#finishCommand}, which makes it a finished image. So whoever sees the process
     * gone sees the image, too.
     *
     * @param request what to dump and how
     * @return {@link CheckpointOutcome#RESTORED} when the calling JVM woke up from the image,
     *     {@link CheckpointOutcome#CONTINUED} when it was left running or another process was dumped
     * @throws EngineException when no image was made; the process that was to be dumped goes on
     */
    CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException;

    /**
     * Starts an image.
     *
     * @param request what to restore and how
     * @return the restored process
     * @throws EngineException when nothing was restored; nothing half-restored is left behind
     */
    RestoredProcess restore(RestoreRequest request) throws EngineException;
}
