package dev.checkpointer.internal.simulate;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.FailureKind;
import java.util.Set;

/** Runs the notifications and dumps nothing, on every platform. For tests of resources; chosen by name alone. */
public final class SimulateEngine implements CheckpointEngine {
    /** The engine's name. */
    public static final String NAME = "simulate";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return -1;
    }

    @Override
    public EngineProbe probe() {
        return new EngineProbe.Available("", Set.of(), "");
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException {
        if (request.pid().isPresent()) {
            throw new EngineException(
                    FailureKind.UNAVAILABLE,
                    "engine simulate cannot dump another process",
                    "Choose another engine with checkpointer.engine");
        }
        return request.leaveRunning() ? CheckpointOutcome.CONTINUED : CheckpointOutcome.RESTORED;
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) throws EngineException {
        throw new EngineException(
                FailureKind.UNAVAILABLE,
                "engine simulate has no images",
                "Choose another engine with checkpointer.engine");
    }
}
