package dev.checkpointer.engine;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import java.util.function.Supplier;

/** An engine that answers as it is told and does nothing. */
class FakeEngine implements CheckpointEngine {
    private final String name;
    private final int priority;
    private final Supplier<EngineProbe> answer;

    FakeEngine(String name, int priority, Supplier<EngineProbe> answer) {
        this.name = name;
        this.priority = priority;
        this.answer = answer;
    }

    Supplier<EngineProbe> answer() {
        return answer;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public EngineProbe probe() {
        return answer.get();
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) {
        throw new UnsupportedOperationException();
    }
}
