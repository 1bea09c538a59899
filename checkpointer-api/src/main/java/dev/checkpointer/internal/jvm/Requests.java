package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.SettingException;
import javax.crac.CheckpointException;

/** Makes the request of a program that only called {@code org.crac}. */
public final class Requests {
    private Requests() {}

    /**
     * A request that the settings describe.
     *
     * @return the request
     * @throws CheckpointException with the {@link SettingException} of a bad setting suppressed
     */
    public static CheckpointRequest fromSettings() throws CheckpointException {
        try {
            return CheckpointRequest.builder().build();
        } catch (SettingException e) {
            throw Failures.checkpoint(e);
        }
    }
}
