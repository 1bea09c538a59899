/**
 * The engine {@code criu-exec}, which runs the {@code criu} command. It needs no library and no native code. Users only
 * put it on the class path or module path.
 */
module dev.checkpointer.criu.exec {
    requires dev.checkpointer;
    requires dev.checkpointer.criu;

    provides dev.checkpointer.engine.CheckpointEngine with
            dev.checkpointer.criu.exec.CriuExecEngine;
}
