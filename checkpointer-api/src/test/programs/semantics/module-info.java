/** A program that tells how its resources are notified. */
module semantics {
    requires dev.checkpointer;
    requires org.crac;

    provides dev.checkpointer.engine.CheckpointEngine with
            semantics.CountingEngine;
}
