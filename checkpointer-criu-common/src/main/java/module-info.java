/**
 * What all engines on CRIU share: finding CRIU and judging its version, the options of a dump, reading its log, and the
 * known failures with their remedies.
 */
module dev.checkpointer.criu {
    requires transitive dev.checkpointer;

    exports dev.checkpointer.criu;
}
