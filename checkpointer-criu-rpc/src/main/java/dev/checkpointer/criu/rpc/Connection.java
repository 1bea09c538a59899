package dev.checkpointer.criu.rpc;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.ptr.IntByReference;
import dev.checkpointer.criu.rpc.ConnectionException.Reason;
import java.util.concurrent.TimeUnit;

/** A Unix socket of type SOCK_SEQPACKET: every message comes whole or not at all. For one thread. */
final class Connection implements AutoCloseable {
    /** How soon an interruption is noticed. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int POLLFD_SIZE = 8;
    private static final int POLLFD_EVENTS = 4;

    private final LibC libc;
    private final int descriptor;
    private final boolean interruptible;
    private boolean open = true;

    /**
     * A connection.
     *
     * @param libc the C library
     * @param descriptor the socket, closed with the connection
     * @param interruptible whether waiting ends when the thread is interrupted
     */
    Connection(LibC libc, int descriptor, boolean interruptible) {
        this.libc = libc;
        this.descriptor = descriptor;
        this.interruptible = interruptible;
    }

    /** Reads the credentials of the other side's process. */
    void peer(byte[] credentials) {
        libc.getsockopt(
                descriptor, LibC.SOL_SOCKET, LibC.SO_PEERCRED, credentials, new IntByReference(credentials.length));
    }

    void send(byte[] message) throws ConnectionException {
        try {
            libc.send(descriptor, message, new NativeLong(message.length), LibC.MSG_NOSIGNAL);
        } catch (LastErrorException e) {
            throw new ConnectionException(Reason.CLOSED, "cannot send to CRIU: " + e.getMessage());
        }
    }

    /**
     * Waits for a message.
     *
     * @param deadline when to give up, as {@link System#nanoTime()} counts
     */
    byte[] receive(long deadline) throws ConnectionException {
        await(deadline);
        try {
            // With these flags the length of the message is told, whatever the buffer's.
            int length = receive(new byte[1], LibC.MSG_PEEK | LibC.MSG_TRUNC);
            var message = new byte[length];
            if (length == 0 || receive(message, 0) != length) {
                throw new ConnectionException(Reason.CLOSED, "CRIU has closed the connection without an answer");
            }
            return message;
        } catch (LastErrorException e) {
            throw new ConnectionException(Reason.CLOSED, "cannot receive from CRIU: " + e.getMessage());
        }
    }

    private int receive(byte[] buffer, int flags) {
        while (true) {
            try {
                return libc.recv(descriptor, buffer, new NativeLong(buffer.length), flags)
                        .intValue();
            } catch (LastErrorException e) {
                if (e.getErrorCode() != LibC.EINTR) {
                    throw e;
                }
            }
        }
    }

    /** A restored process comes out of poll(2) with EINTR. */
    private void await(long deadline) throws ConnectionException {
        while (true) {
            long remaining = deadline - System.nanoTime();
            if (ready(interruptible ? Math.min(remaining, SLICE_NANOS) : remaining)) {
                return;
            }
            if (interruptible && Thread.currentThread().isInterrupted()) {
                throw new ConnectionException(Reason.INTERRUPTED, "interrupted while waiting for CRIU");
            }
            if (remaining <= 0) {
                throw new ConnectionException(Reason.LATE, "CRIU has not answered in time");
            }
        }
    }

    private boolean ready(long nanos) throws ConnectionException {
        long millis = TimeUnit.NANOSECONDS.toMillis(Math.max(nanos, 0) + TimeUnit.MILLISECONDS.toNanos(1) - 1);
        try (var poll = new Memory(POLLFD_SIZE)) {
            poll.setInt(0, descriptor);
            poll.setInt(POLLFD_EVENTS, LibC.POLLIN);
            return libc.poll(poll, new NativeLong(1), (int) Math.min(millis, Integer.MAX_VALUE)) > 0;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == LibC.EINTR) {
                return false;
            }
            throw new ConnectionException(Reason.CLOSED, "cannot wait for CRIU: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            libc.close(descriptor);
        }
    }
}
