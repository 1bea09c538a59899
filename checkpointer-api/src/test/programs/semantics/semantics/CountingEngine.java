package semantics;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.FailureKind;
import java.util.Set;

/** Counts the dumps that it is asked for, and fails when told to. */
public final class CountingEngine implements CheckpointEngine {
    static int dumps;
    static boolean failing;

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public int priority() {
        return 1;
    }

    @Override
    public EngineProbe probe() {
        return new EngineProbe.Available("1.0", Set.of(), "");
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException {
        dumps++;
        if (failing) {
            throw new EngineException(FailureKind.NO_SPACE, "no space left", "Make room");
        }
        return CheckpointOutcome.RESTORED;
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) {
        throw new UnsupportedOperationException();
    }
}
