package javax.crac;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.internal.jvm.Coordinator;
import dev.checkpointer.internal.jvm.NativeCrac;
import dev.checkpointer.internal.jvm.Requests;
import dev.checkpointer.internal.trigger.Triggers;

/**
 * The entry points that {@code org.crac.Core} calls by name.
 *
 * @since 0.1.0
 */
public final class Core {
    private Core() {}

    /**
     * The context that checkpointer notifies. The first call begins to wait for what the setting {@code checkpointer.at}
     * names.
     *
     * @return the global context, the same one at each call
     * @throws UnsupportedOperationException on a JDK that implements CRaC itself, so that {@code org.crac} goes on to
     *     it, unless {@code checkpointer.force} is true
     */
    public static Context<Resource> getGlobalContext() {
        NativeCrac.refuseUnlessForced();
        Triggers.begin();
        return Coordinator.instance().globalContext();
    }

    /**
     * Writes this JVM to an image as the settings say. Returns when the JVM was restored from the image.
     *
     * @throws CheckpointException when no checkpoint took place; the causes are suppressed exceptions
     * @throws RestoreException when the JVM was restored but resources failed; the causes are suppressed exceptions
     */
    public static void checkpointRestore() throws CheckpointException, RestoreException {
        CheckpointRequest request = Requests.fromSettings();
        Coordinator.instance().checkpoint(request);
    }
}
