package dev.checkpointer.internal.descriptor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The TCP and Unix sockets of a network namespace by inode, from {@code /proc/PID/net} (proc_pid_net(5)). */
final class SocketTable {
    private static final int TCP_LISTEN = 0x0A;
    private static final int TCP_CLOSE = 0x07;
    private static final int UNIX_CONNECTED = 3;
    private static final int UNIX_ACCEPTS = 0x10000;
    private static final int UNIX_STREAM = 1;

    /** A TCP socket. */
    record Tcp(long inode, String remote, int state) {
        boolean connected() {
            return state != TCP_LISTEN && state != TCP_CLOSE;
        }
    }

    /** A Unix socket. The kernel counts one reference more when a living peer points to it. */
    record Unix(long inode, int references, int flags, int type, int state, String path) {
        boolean hasPeer() {
            return state == UNIX_CONNECTED && references > 2;
        }

        boolean listens() {
            return (flags & UNIX_ACCEPTS) != 0;
        }

        boolean stream() {
            return type == UNIX_STREAM;
        }
    }

    private final Map<Long, Tcp> tcp = new HashMap<>();
    private final Map<Long, Unix> unix = new HashMap<>();

    static SocketTable of(long pid) throws IOException {
        var net = Path.of("/proc", Long.toString(pid), "net");
        var table = new SocketTable();
        for (var name : List.of("tcp", "tcp6")) {
            if (Files.exists(net.resolve(name))) { // tcp6 is missing where IPv6 is switched off
                table.addTcp(Files.readAllLines(net.resolve(name)));
            }
        }
        if (Files.exists(net.resolve("unix"))) {
            table.addUnix(Files.readAllLines(net.resolve("unix")));
        }
        return table;
    }

    SocketTable addTcp(List<String> lines) {
        for (var line : lines.subList(1, lines.size())) {
            var fields = line.strip().split("\\s+");
            long inode = Long.parseLong(fields[9]);
            tcp.put(inode, new Tcp(inode, address(fields[2]), Integer.parseInt(fields[3], 16)));
        }
        return this;
    }

    SocketTable addUnix(List<String> lines) {
        for (var line : lines.subList(1, lines.size())) {
            var fields = line.strip().split("\\s+", 8);
            long inode = Long.parseLong(fields[6]);
            unix.put(
                    inode,
                    new Unix(
                            inode,
                            Integer.parseInt(fields[1], 16),
                            Integer.parseInt(fields[3], 16),
                            Integer.parseInt(fields[4], 16),
                            Integer.parseInt(fields[5], 16),
                            fields.length > 7 ? fields[7] : ""));
        }
        return this;
    }

    Optional<Tcp> tcp(long inode) {
        return Optional.ofNullable(tcp.get(inode));
    }

    Optional<Unix> unix(long inode) {
        return Optional.ofNullable(unix.get(inode));
    }

    /** The kernel writes an address as 32-bit words in the machine's byte order, and the port as a number. */
    static String address(String text) {
        var hex = text.substring(0, text.indexOf(':'));
        int port = Integer.parseInt(text.substring(text.indexOf(':') + 1), 16);
        int words = hex.length() / 8;
        var bytes = new byte[words * 4];
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < bytes.length; i++) {
            int at = i / 4 * 4 + (little ? 3 - i % 4 : i % 4);
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * at, 2 * at + 2), 16);
        }
        try {
            var host = InetAddress.getByAddress(bytes); // maps ::ffff:a.b.c.d to IPv4
            var name = host.getHostAddress();
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
