package dev.checkpointer.criu.exec;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.testkit.EngineContract;
import java.nio.file.Path;

class CriuExecContractTest extends EngineContract {
    @Override
    protected String engine() {
        return "criu-exec";
    }

    @Override
    protected Path criu() throws EngineException {
        return CriuCommand.find().path();
    }
}
