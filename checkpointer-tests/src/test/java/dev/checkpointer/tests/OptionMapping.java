package dev.checkpointer.tests;

import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;

/** How an engine tells CRIU the options of the shared model, as text that can be compared. */
public interface OptionMapping {
    /** What the engine tells CRIU for a dump of another process. */
    String dump(DumpOptions options) throws Exception;

    /** What the engine tells CRIU for a restore. */
    String restore(RestoreOptions options) throws Exception;
}
