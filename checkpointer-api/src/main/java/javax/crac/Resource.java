package javax.crac;

/**
 * Something that is told before a checkpoint and after a restore.
 *
 * @since 0.1.0
 */
public interface Resource {
    /**
     * Called before the JVM is written to an image, on the thread that asked for the checkpoint.
     *
     * @param context the context that notifies
     * @throws Exception to prevent the checkpoint
     */
    void beforeCheckpoint(Context<? extends Resource> context) throws Exception;

    /**
     * Called after the JVM was restored, or after a checkpoint that came to nothing.
     *
     * @param context the context that notifies
     * @throws Exception to report that this resource did not come back; the other resources are notified all the same
     */
    void afterRestore(Context<? extends Resource> context) throws Exception;
}
