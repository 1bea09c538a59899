package dev.checkpointer;

import java.util.Map;

/**
 * What has to be done before another process is dumped: have its resources notified, for instance. Who prepared it ends it,
 * whether or not the dump succeeds.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface DumpPreparation {
    /**
     * Prepares the process. Called once, on the thread that asked for the checkpoint, when engine and image directory are
     * known to serve and nothing has been changed yet.
     *
     * @return more lines for the image's manifest, such as the sizes of the heap; may be empty
     * @throws Exception when nothing may be dumped; it becomes a cause of the checkpoint's failure
     */
    Map<String, String> run() throws Exception;
}
