package dev.checkpointer.criu.rpc;

import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.util.OptionalInt;

/** A way to reach CRIU for one conversation. */
interface Transport {
    /**
     * Whether CRIU runs without root's rights there.
     *
     * @throws IOException when that cannot be found out
     */
    boolean unprivileged() throws IOException, EngineException;

    /** Whether CRIU is somebody else's process, which takes no command line and no descriptors from us. */
    boolean service();

    /**
     * Reaches CRIU.
     *
     * @param worker how to start a worker, for a transport that does
     * @param orphan whether the worker must not be a descendant of this JVM
     * @param interruptible whether waiting for an answer ends when the thread is interrupted
     * @throws IOException when CRIU cannot be reached
     */
    Link reach(Worker worker, boolean orphan, boolean interruptible) throws IOException, EngineException;

    /**
     * A connection to CRIU.
     *
     * @param connection where requests go
     * @param child the worker, or what has started it, where that is a child of this JVM
     */
    record Link(Connection connection, OptionalInt child) implements AutoCloseable {
        @Override
        public void close() {
            connection.close();
        }
    }
}
