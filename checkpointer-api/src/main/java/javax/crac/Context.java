package javax.crac;

/**
 * A resource that passes notifications on to other resources.
 *
 * @param <R> the kind of resource that can be registered
 * @since 0.1.0
 */
public abstract class Context<R extends Resource> implements Resource {
    /** For subclasses. */
    protected Context() {}

    /**
     * Notifies the registered resources before a checkpoint.
     *
     * @param context the context that this one is registered with
     * @throws CheckpointException with the failure of every resource suppressed
     */
    @Override
    public abstract void beforeCheckpoint(Context<? extends Resource> context) throws CheckpointException;

    /**
     * Notifies the registered resources after a restore.
     *
     * @param context the context that this one is registered with
     * @throws RestoreException with the failure of every resource suppressed
     */
    @Override
    public abstract void afterRestore(Context<? extends Resource> context) throws RestoreException;

    /**
     * Registers a resource.
     *
     * @param resource the resource; it is held weakly
     */
    public abstract void register(R resource);
}
