package dev.checkpointer.engine;

import java.util.OptionalLong;

/**
 * Hears how far a dump or a restore is. Called on the thread that asked for it, or on one that stands in for it, and the
 * engine waits for the return. A listener that throws makes the dump or the restore fail.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StageListener {
    /**
     * A stage was reached.
     *
     * @param stage its name, for engines on CRIU one of its action scripts' (criu(8), {@code --action-script}):
     *     {@code pre-dump}, {@code post-dump}, {@code pre-restore}, {@code post-resume} and so on; new versions may have
     *     others
     * @param pid the root of the restored tree, where the stage knows it
     * @throws Exception to make the dump or restore fail
     */
    void reached(String stage, OptionalLong pid) throws Exception;
}
