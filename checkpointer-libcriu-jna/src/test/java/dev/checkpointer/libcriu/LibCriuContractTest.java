package dev.checkpointer.libcriu;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.testkit.EngineContract;
import java.nio.file.Path;

class LibCriuContractTest extends EngineContract {
    @Override
    protected String engine() {
        return "libcriu";
    }

    @Override
    protected Path criu() throws EngineException {
        return CriuCommand.find().path();
    }
}
