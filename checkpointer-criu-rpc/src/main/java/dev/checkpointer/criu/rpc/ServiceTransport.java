package dev.checkpointer.criu.rpc;

import com.sun.jna.LastErrorException;
import dev.checkpointer.criu.ThisProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Connects to a running {@code criu service}, which has rights of its own, usually root's. */
final class ServiceTransport implements Transport {
    /** As sun_path of unix(7), with its final zero. */
    private static final int LONGEST_PATH = 108;

    /** A struct ucred of unix(7): PID, user and group. */
    private static final int CREDENTIALS_SIZE = 12;

    private final LibC libc;
    private final Path socket;

    ServiceTransport(LibC libc, Path socket) {
        this.libc = libc;
        this.socket = socket.toAbsolutePath();
    }

    /** Looks at the process that listens. */
    @Override
    public boolean unprivileged() throws IOException, EngineException {
        var credentials = ByteBuffer.allocate(CREDENTIALS_SIZE).order(ByteOrder.nativeOrder());
        try (var link = reach(null, false, true)) {
            link.connection().peer(credentials.array());
        } catch (LastErrorException e) {
            throw unreachable(e.getMessage());
        }
        return ThisProcess.unprivileged(credentials.getInt(0));
    }

    @Override
    public boolean service() {
        return true;
    }

    @Override
    public Link reach(Worker worker, boolean orphan, boolean interruptible) throws IOException, EngineException {
        var path = socket.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding")));
        if (path.length >= LONGEST_PATH) {
            throw unreachable("its path is longer than " + (LONGEST_PATH - 1) + " bytes");
        }
        int descriptor = libc.socket(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0);
        var connection = new Connection(libc, descriptor, interruptible);
        var address = ByteBuffer.allocate(Short.BYTES + path.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) LibC.AF_UNIX)
                .put(path)
                .array();
        try {
            libc.connect(descriptor, address, address.length);
            return new Link(connection, OptionalInt.empty());
        } catch (LastErrorException e) {
            connection.close();
            throw unreachable(e.getMessage());
        }
    }

    private EngineException unreachable(String reason) {
        return new EngineException(
                FailureKind.UNAVAILABLE,
                "cannot reach the CRIU service at " + socket + ": " + reason,
                "Start criu service --address " + socket + ", or correct checkpointer.rpc.service");
    }
}
