/**
 * The engine {@code criu-rpc}, which speaks CRIU's protocol with a worker that it starts, or with a running service. Users
 * only put it on the class path or module path.
 */
@SuppressWarnings("requires-automatic") // protobuf-java has no module descriptor
module dev.checkpointer.criu.rpc {
    requires com.google.protobuf;
    requires com.sun.jna;
    requires dev.checkpointer;
    requires dev.checkpointer.criu;

    provides dev.checkpointer.engine.CheckpointEngine with
            dev.checkpointer.criu.rpc.CriuRpcEngine;
}
