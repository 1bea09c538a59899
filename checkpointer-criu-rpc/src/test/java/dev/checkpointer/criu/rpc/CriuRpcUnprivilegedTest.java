package dev.checkpointer.criu.rpc;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.testkit.UnprivilegedContract;
import java.nio.file.Path;

class CriuRpcUnprivilegedTest extends UnprivilegedContract {
    @Override
    protected String engine() {
        return "criu-rpc";
    }

    @Override
    protected Path criu() throws EngineException {
        return CriuCommand.find().path();
    }
}
