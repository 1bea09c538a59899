package dev.checkpointer.criu.rpc;

import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.tests.OptionMapping;

/** The message of the engine criu-rpc. */
public final class RpcMapping implements OptionMapping {
    @Override
    public String dump(DumpOptions options) throws Exception {
        return RpcOptions.of(options, false).build().toString();
    }

    @Override
    public String restore(RestoreOptions options) {
        return RpcOptions.of(options).build().toString();
    }
}
