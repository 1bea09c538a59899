package dev.checkpointer.manager;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Tells systemd that the daemon answers, through the socket that {@code NOTIFY_SOCKET} names (sd_notify(3)). */
final class StartNotification {
    static final String VARIABLE = "NOTIFY_SOCKET";

    private static final short AF_UNIX = 1;

    private StartNotification() {}

    /**
     * Sends it.
     *
     * @param socket a path, or an abstract name with {@code @} in front
     * @return false when nobody hears it
     */
    static boolean send(String socket) {
        try {
            return Native.send(address(socket), "READY=1".getBytes(StandardCharsets.US_ASCII));
        } catch (LastErrorException e) {
            return false; // the service manager waits in vain, and says so
        }
    }

    /** {@code struct sockaddr_un}; the length of an abstract name is that of the address. */
    private static byte[] address(String socket) {
        var name = socket.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = name.length > 0 && name[0] == '@';
        if (isAbstract) {
            name[0] = 0;
        }
        return ByteBuffer.allocate(Short.BYTES + name.length + (isAbstract ? 0 : 1))
                .order(ByteOrder.nativeOrder())
                .putShort(AF_UNIX)
                .put(name)
                .array();
    }
}
