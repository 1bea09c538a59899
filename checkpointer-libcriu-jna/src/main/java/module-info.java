/**
 * The engine {@code libcriu}, which calls CRIU's own library. Users only put it on the class path or module path.
 */
module dev.checkpointer.libcriu {
    requires com.sun.jna;
    requires dev.checkpointer;
    requires dev.checkpointer.criu;

    // JNA looks at the mappings and calls the callback by reflection.
    opens dev.checkpointer.libcriu to
            com.sun.jna;

    provides dev.checkpointer.engine.CheckpointEngine with
            dev.checkpointer.libcriu.LibCriuEngine;
}
