package dev.checkpointer.internal.descriptor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The TCP, UDP and Unix sockets of a network namespace by inode, from {@code /proc/PID/net} (proc_pid_net(5)). */
final class SocketTable {
    /** References, protocol, flags, type, state, inode and path, as the kernel writes them. */
    private static final Pattern UNIX_LINE = Pattern.compile(
            "\\p{XDigit}+: (\\p{XDigit}{8}) \\p{XDigit}{8} (\\p{XDigit}{8}) (\\p{XDigit}{4}) (\\p{XDigit}{2}) +(\\d+)(?: (.*))?");

    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)\\]");

    /** Which word of a line of the tables of TCP and UDP. */
    private static final int INODE = 9;

    private static final int TCP_LISTEN = 0x0A;
    private static final int TCP_CLOSE = 0x07;
    private static final int UNIX_CONNECTED = 3;
    private static final int UNIX_ACCEPTS = 0x10000;

    /** A TCP socket. */
    record Tcp(long inode, String remote, int state) {
        boolean connected() {
            return state != TCP_LISTEN && state != TCP_CLOSE;
        }
    }

    /** A TCP or UDP socket. */
    record Inet(boolean tcp, InetSocketAddress local, InetSocketAddress remote, boolean listens) {}

    /** A Unix socket. The kernel counts one reference more when a living peer points to it. */
    record Unix(long inode, int references, int flags, int state, String path) {
        boolean connected() {
            return state == UNIX_CONNECTED;
        }

        boolean hasPeer() {
            return connected() && references > 2;
        }

        boolean listens() {
            return (flags & UNIX_ACCEPTS) != 0;
        }
    }

    private final Map<Long, Tcp> tcp = new HashMap<>();
    private final Map<Long, Inet> inet = new HashMap<>();
    private final Map<Long, Unix> unix = new HashMap<>();

    /**
     * Those of the descriptors. The kernel tells the Unix sockets in pieces, and passes over some where others come and go in
     * between; so it is asked again for those of the descriptors that it has not told. To tell the others takes it milliseconds
     * for each table, so it is asked for as few as will do, those first that a JVM mostly has.
     */
    static SocketTable of(long pid, List<Descriptor> descriptors) throws IOException {
        var net = Path.of("/proc", Long.toString(pid), "net");
        var table = new SocketTable();
        var inodes = new HashSet<String>();
        descriptors.forEach(descriptor -> inode(descriptor.target()).ifPresent(inode -> inodes.add(inode.toString())));
        var names = List.of("unix", "tcp6", "tcp", "udp6", "udp", "unix", "unix", "unix")
                .iterator();
        while (names.hasNext() && !table.knows(descriptors)) {
            var name = names.next();
            if (Files.exists(net.resolve(name))) { // those of IPv6 are missing where it is switched off
                table.add(name, Files.readAllBytes(net.resolve(name)), inodes);
            }
        }
        return table;
    }

    private void add(String name, byte[] bytes, Set<String> inodes) {
        if (name.equals("unix")) {
            // Any process of the machine may choose a name that is no UTF-8.
            addUnix(new String(bytes, StandardCharsets.UTF_8).lines().toList());
            return;
        }
        var lines = linesOf(bytes, inodes);
        if (name.startsWith("tcp")) {
            addTcp(lines);
        } else {
            addUdp(lines);
        }
    }

    /**
     * The heading, and the lines of these sockets. A machine may have thousands of connections, and this runs once in a program,
     * before it is compiled: so the others' lines are not taken apart, and bytes are looked at instead of characters.
     */
    static List<String> linesOf(byte[] table, Set<String> inodes) {
        var lines = new ArrayList<String>();
        int start = 0;
        while (start < table.length) {
            int inode = start;
            for (int word = 0; word < INODE; word++) {
                inode = behind(table, inode);
            }
            int end = inode;
            while (end < table.length && table[end] != '\n') {
                end++;
            }
            if (lines.isEmpty() || inodes.contains(text(table, inode, behind(table, inode)))) {
                lines.add(text(table, start, end));
            }
            start = end + 1;
        }
        return lines;
    }

    /** The end of the next word; the end of the line where there is none. */
    private static int behind(byte[] table, int from) {
        int at = from;
        while (at < table.length && table[at] == ' ') {
            at++;
        }
        while (at < table.length && table[at] > ' ') {
            at++;
        }
        return at;
    }

    private static String text(byte[] table, int from, int to) {
        return new String(table, from, to - from, StandardCharsets.ISO_8859_1).strip();
    }

    /** False also for sockets of other families, and those that were neither bound nor connected. */
    private boolean knows(List<Descriptor> descriptors) {
        return descriptors.stream()
                .flatMap(descriptor -> inode(descriptor.target()).stream())
                .allMatch(inode -> inet.containsKey(inode) || unix.containsKey(inode));
    }

    SocketTable addTcp(List<String> lines) {
        for (var line : lines.subList(1, lines.size())) {
            var fields = line.strip().split("\\s+");
            long inode = Long.parseLong(fields[INODE]);
            int state = Integer.parseInt(fields[3], 16);
            tcp.put(inode, new Tcp(inode, address(fields[2]), state));
            var local = socketAddress(fields[1]);
            inet.put(inode, new Inet(true, local, socketAddress(fields[2]), state == TCP_LISTEN));
        }
        return this;
    }

    SocketTable addUdp(List<String> lines) {
        for (var line : lines.subList(1, lines.size())) {
            var fields = line.strip().split("\\s+");
            long inode = Long.parseLong(fields[INODE]);
            inet.put(inode, new Inet(false, socketAddress(fields[1]), socketAddress(fields[2]), false));
        }
        return this;
    }

    /** A name may hold a line break, so that some lines are but the end of a name. */
    SocketTable addUnix(List<String> lines) {
        for (var line : lines) {
            var match = UNIX_LINE.matcher(line);
            if (match.matches()) {
                long inode = Long.parseLong(match.group(5));
                unix.put(
                        inode,
                        new Unix(
                                inode,
                                Integer.parseUnsignedInt(match.group(1), 16),
                                Integer.parseUnsignedInt(match.group(2), 16),
                                Integer.parseInt(match.group(4), 16),
                                match.group(6) == null ? "" : match.group(6)));
            }
        }
        return this;
    }

    Optional<Tcp> tcp(long inode) {
        return Optional.ofNullable(tcp.get(inode));
    }

    Optional<Inet> inet(long inode) {
        return Optional.ofNullable(inet.get(inode));
    }

    Optional<Unix> unix(long inode) {
        return Optional.ofNullable(unix.get(inode));
    }

    /** The Unix sockets whose other end is here as well, both without a name: their inodes follow each other. */
    Set<Long> pairs(List<Descriptor> descriptors) {
        var unnamed = descriptors.stream()
                .flatMap(descriptor -> inode(descriptor.target()).flatMap(this::unix).stream())
                .filter(socket ->
                        socket.hasPeer() && !socket.listens() && socket.path().isEmpty())
                .map(Unix::inode)
                .collect(Collectors.toSet());
        return unnamed.stream()
                .filter(inode -> unnamed.contains(inode + 1) || unnamed.contains(inode - 1))
                .collect(Collectors.toSet());
    }

    /** Whether it is the end of a connection to, or is itself, one of these Unix sockets. */
    boolean leadsTo(String target, Set<String> paths) {
        return inode(target)
                .flatMap(this::unix)
                .filter(socket -> paths.contains(socket.path()))
                .isPresent();
    }

    /** The inode of what {@code /proc/PID/fd} says of a socket. */
    static Optional<Long> inode(String target) {
        var match = SOCKET.matcher(target);
        return match.matches() ? Optional.of(Long.parseLong(match.group(1))) : Optional.empty();
    }

    static String address(String text) {
        return text(socketAddress(text));
    }

    static String text(InetSocketAddress address) {
        var name = address.getAddress().getHostAddress();
        return (name.contains(":") ? "[" + name + "]" : name) + ":" + address.getPort();
    }

    /** The kernel writes an address as 32-bit words in the machine's byte order, and the port as a number. */
    private static InetSocketAddress socketAddress(String text) {
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
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port); // maps ::ffff:a.b.c.d to IPv4
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
