package dev.checkpointer.criu.exec;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.testkit.UnprivilegedContract;
import java.nio.file.Path;

class CriuExecUnprivilegedTest extends UnprivilegedContract {
    @Override
    protected String engine() {
        return "criu-exec";
    }

    @Override
    protected Path criu() throws EngineException {
        return CriuCommand.find().path();
    }
}
