package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.server.Request;

/**
 * Who may ask. Through the Unix socket: root, the daemon's user, and the users of the socket's group, as the kernel tells them.
 * Through TCP: who has the token, and no page of another site that a browser shows.
 */
final class Access {
    private final Path socket;
    private final Optional<Token> token;

    Access(Path socket, Optional<Token> token) {
        this.socket = socket;
        this.token = token;
    }

    /** Refuses users who may not ask, and what a browser sends for a page of another site. */
    void requireLocal(Request request) throws ManagerException {
        var peer = peer(request);
        if (peer.isPresent()) {
            requirePeer(peer.get());
            return;
        }
        var host = Optional.ofNullable(request.getHeaders().get("Host")).orElse("");
        if (!host.matches("(127\\.0\\.0\\.1|localhost)(:\\d+)?")) {
            // A name of somebody else's that leads here, so that a browser takes his page and this daemon for one site.
            throw new ManagerException(
                    Kind.FORBIDDEN,
                    "the request is for the host '" + host + "', not for this one",
                    "Ask 127.0.0.1 or localhost");
        }
        var origin = request.getHeaders().get("Origin");
        if (origin != null && !origin.equals("http://" + host)) {
            throw new ManagerException(
                    Kind.FORBIDDEN, "the request comes from a page of " + origin, "Use the daemon's own page");
        }
    }

    /** Refuses who has not the token where it is needed. */
    void requireToken(Request request) throws ManagerException {
        if (peer(request).isEmpty() && (token.isEmpty() || !token.get().isIn(request))) {
            throw new ManagerException(
                    Kind.FORBIDDEN,
                    "the request has not the daemon's token",
                    "Send the line of the file token in the daemon's directory, as Authorization: Bearer TOKEN");
        }
    }

    /** The channel of a request that came through the Unix socket. */
    private static Optional<SocketChannel> peer(Request request) throws ManagerException {
        var transport =
                request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
        try {
            return transport instanceof SocketChannel channel
                            && channel.getLocalAddress() instanceof UnixDomainSocketAddress
                    ? Optional.of(channel)
                    : Optional.empty();
        } catch (IOException e) {
            throw unknown(e);
        }
    }

    private void requirePeer(SocketChannel channel) throws ManagerException {
        try {
            if (mayAsk(channel)) {
                return;
            }
            var user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            throw forbidden("user " + user.getName() + " may not use this daemon");
        } catch (IOException e) {
            throw unknown(e);
        }
    }

    private boolean mayAsk(SocketChannel channel) throws IOException {
        var peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        var file = Files.readAttributes(socket, PosixFileAttributes.class);
        var user = peer.user().getName();
        return user.equals("root")
                || peer.user().equals(file.owner())
                || peer.group().equals(file.group())
                || Groups.has(user, file.group().getName());
    }

    private static ManagerException unknown(IOException e) {
        return forbidden("the kernel does not tell who asks: " + e);
    }

    private static ManagerException forbidden(String message) {
        return new ManagerException(Kind.FORBIDDEN, message, "Ask as root, or as a user of the socket's group");
    }
}
