package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
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

    void require(Request request) throws ManagerException {
        var transport =
                request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
        try {
            if (transport instanceof SocketChannel channel
                    && channel.getLocalAddress() instanceof java.net.UnixDomainSocketAddress) {
                requirePeer(channel);
                return;
            }
        } catch (IOException e) {
            throw forbidden("the kernel does not tell who asks: " + e);
        }
        if (token.isEmpty() || !token.get().isIn(request)) {
            throw forbidden("the request has not the daemon's token");
        }
        var host = Optional.ofNullable(request.getHeaders().get("Host")).orElse("");
        if (!host.matches("(127\\.0\\.0\\.1|localhost)(:\\d+)?")) {
            throw forbidden("the request is for the host '" + host + "', not for this one");
        }
    }

    private void requirePeer(SocketChannel channel) throws IOException, ManagerException {
        var peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        var file = Files.readAttributes(socket, PosixFileAttributes.class);
        var user = peer.user().getName();
        if (user.equals("root")
                || peer.user().equals(file.owner())
                || peer.group().equals(file.group())
                || Groups.has(user, file.group().getName())) {
            return;
        }
        throw forbidden("user " + user + " may not use this daemon");
    }

    private static ManagerException forbidden(String message) {
        return new ManagerException(Kind.FORBIDDEN, message, "Ask as root, or as a user of the socket's group");
    }
}
