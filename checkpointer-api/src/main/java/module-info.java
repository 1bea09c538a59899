/**
 * Checkpoint and restore for stock JVMs behind the {@code org.crac} API: the {@link dev.checkpointer.Checkpointer}
 * facade, the {@link dev.checkpointer.engine.CheckpointEngine} service, the implementation that {@code org.crac} finds
 * by name in {@link javax.crac}, images and settings.
 */
@SuppressWarnings("module") // the manager is built later
module dev.checkpointer {
    requires transitive org.crac;
    requires static java.management;
    requires static jdk.management;

    exports dev.checkpointer;
    exports dev.checkpointer.engine;
    exports javax.crac;
    exports dev.checkpointer.internal.proc to
            dev.checkpointer.manager;
    exports dev.checkpointer.internal.restore to
            dev.checkpointer.manager;

    uses dev.checkpointer.engine.CheckpointEngine;
}
