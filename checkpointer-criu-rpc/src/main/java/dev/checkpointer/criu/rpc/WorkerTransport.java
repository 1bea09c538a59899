package dev.checkpointer.criu.rpc;

import dev.checkpointer.criu.ThisProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.util.OptionalInt;

/** Starts a worker of its own, {@code criu swrk}, with the rights of this JVM. */
final class WorkerTransport implements Transport {
    private static final long START_SECONDS = 10;

    private final LibC libc;

    WorkerTransport(LibC libc) {
        this.libc = libc;
    }

    @Override
    public boolean unprivileged() throws IOException {
        return ThisProcess.unprivileged();
    }

    @Override
    public boolean service() {
        return false;
    }

    /** An orphan is adopted by PID 1 once {@code setsid} has ended, which is waited for. */
    @Override
    public Link reach(Worker worker, boolean orphan, boolean interruptible) throws IOException, EngineException {
        if (!orphan) {
            var started = worker.start(interruptible);
            return new Link(started.connection(), OptionalInt.of(started.pid()));
        }
        var started = worker.behind("setsid", "--fork").start(interruptible);
        int status = new Children(libc).await(started.pid(), START_SECONDS);
        if (status != 0) {
            started.connection().close();
            throw new EngineException(
                    FailureKind.TOOL_MISSING,
                    "cannot start CRIU with setsid --fork, which ended with status " + status,
                    "Install util-linux; its setsid knows --fork");
        }
        return new Link(started.connection(), OptionalInt.empty());
    }
}
