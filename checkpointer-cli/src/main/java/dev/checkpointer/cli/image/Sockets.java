package dev.checkpointer.cli.image;

import com.google.protobuf.ByteString;
import dev.checkpointer.cli.image.protocol.CriuImages;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Puts the sockets of an image into words. Numbers are the kernel's (netinet/in.h, net/tcp_states.h, sys/socket.h). */
final class Sockets {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int LISTEN = 10;
    private static final int CLOSE = 7;
    private static final int STREAM = 1;
    private static final int DATAGRAM = 2;

    private static final String[] TCP_STATES = {
        "unknown",
        "established",
        "syn-sent",
        "syn-received",
        "fin-wait-1",
        "fin-wait-2",
        "time-wait",
        "closed",
        "close-wait",
        "last-ack",
        "listening",
        "closing",
        "new"
    };

    private Sockets() {}

    static Descriptor.Socket internet(CriuImages.InternetSocket socket) {
        var local = address(socket.getLocalAddressList(), socket.getLocalPort());
        var remote = socket.getRemotePort() == 0 ? "" : address(socket.getRemoteAddressList(), socket.getRemotePort());
        return new Descriptor.Socket(protocol(socket), internetState(socket), local, remote);
    }

    private static String protocol(CriuImages.InternetSocket socket) {
        return switch (socket.getProtocol()) {
            case TCP -> "tcp";
            case UDP -> "udp";
            default -> "protocol-" + socket.getProtocol();
        };
    }

    private static String internetState(CriuImages.InternetSocket socket) {
        int state = socket.getState();
        if (socket.getProtocol() != TCP) {
            return socket.getRemotePort() == 0 ? "bound" : "connected";
        }
        return state >= 0 && state < TCP_STATES.length ? TCP_STATES[state] : "state-" + state;
    }

    /** The words are as they lie in memory, in the order of the network; CRIU writes images on little-endian machines. */
    static String address(List<Integer> words, int port) {
        var bytes = ByteBuffer.allocate(words.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        words.forEach(bytes::putInt);
        try {
            var name = InetAddress.getByAddress(bytes.array()).getHostAddress();
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        } catch (UnknownHostException e) {
            return "?:" + port; // neither 4 nor 16 bytes
        }
    }

    static Descriptor.Socket local(CriuImages.UnixSocket socket) {
        var state = socket.getState() == LISTEN
                ? "listening"
                : socket.getPeer() != 0 || socket.getState() == STREAM ? "connected" : "unconnected";
        var type = switch (socket.getType()) {
            case STREAM -> "unix";
            case DATAGRAM -> "unix-datagram";
            default -> "unix-packet";
        };
        return new Descriptor.Socket(type, socket.getState() == CLOSE ? "closed" : state, name(socket.getName()), "");
    }

    /** A name without a file begins with a zero byte, which is shown as the kernel does. */
    private static String name(ByteString bytes) {
        var name = bytes.toString(StandardCharsets.UTF_8);
        if (name.startsWith("\0")) {
            return "@" + name.substring(1);
        }
        return name.endsWith("\0") ? name.substring(0, name.length() - 1) : name;
    }
}
