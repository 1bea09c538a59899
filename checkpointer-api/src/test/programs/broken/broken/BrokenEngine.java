package broken;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineProbe;

/** Its constructor throws. */
public final class BrokenEngine implements CheckpointEngine {
    public BrokenEngine() {
        throw new IllegalStateException("broken on purpose");
    }

    @Override
    public String name() {
        return "broken";
    }

    @Override
    public int priority() {
        return 99;
    }

    @Override
    public EngineProbe probe() {
        throw new IllegalStateException();
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) {
        throw new IllegalStateException();
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) {
        throw new IllegalStateException();
    }
}
