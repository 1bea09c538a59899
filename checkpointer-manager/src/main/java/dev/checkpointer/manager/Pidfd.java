package dev.checkpointer.manager;

import com.sun.jna.LastErrorException;
import java.io.Closeable;
import java.util.Optional;

/** A process that is held by a descriptor, so that its PID cannot come to mean another one. Safe for use by several threads. */
final class Pidfd implements Closeable {
    static final int KILL = 9;
    static final int TERM = 15;
    static final int CONT = 18;

    private final int descriptor;
    private boolean closed;

    private Pidfd(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Empty when the process has ended. */
    static Optional<Pidfd> open(ProcessIdentity process) {
        int descriptor;
        try {
            descriptor = Native.openPid(process.pid());
        } catch (LastErrorException e) {
            return Optional.empty();
        }
        var pidfd = new Pidfd(descriptor);
        if (process.runs()) { // and so the descriptor is that process's
            return Optional.of(pidfd);
        }
        pidfd.close();
        return Optional.empty();
    }

    int descriptor() {
        return descriptor;
    }

    /** Returns false when it has ended. */
    synchronized boolean signal(int signal) {
        try {
            if (!closed) {
                Native.signal(descriptor, signal);
            }
            return !closed;
        } catch (LastErrorException e) {
            return false;
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Native.close(descriptor);
        }
    }
}
