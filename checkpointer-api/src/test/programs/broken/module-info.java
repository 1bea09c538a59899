/** An engine that cannot be made. */
module broken {
    requires dev.checkpointer;

    provides dev.checkpointer.engine.CheckpointEngine with
            broken.BrokenEngine;
}
