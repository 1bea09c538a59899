package dev.checkpointer.internal.descriptor;

import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** A descriptor with what is known of its file or socket, and of the object that it belongs to. */
record OpenDescriptor(
        Descriptor descriptor,
        DescriptorKind kind,
        Optional<SocketTable.Inet> inet,
        Optional<SocketTable.Unix> unix,
        Optional<Opens.Open> open) {
    private static final String DELETED = " (deleted)";

    static OpenDescriptor of(Descriptor descriptor, SocketTable sockets, Optional<Opens.Open> open) {
        var inode = SocketTable.inode(descriptor.target());
        return new OpenDescriptor(
                descriptor,
                DescriptorKind.of(descriptor),
                inode.flatMap(sockets::inet),
                inode.flatMap(sockets::unix),
                open);
    }

    int number() {
        return descriptor.number();
    }

    String target() {
        return descriptor.target();
    }

    boolean isDeleted() {
        return kind == DescriptorKind.FILE && descriptor.links() == 0
                || target().endsWith(DELETED) && descriptor.isRegularFile();
    }

    /** Where the file is, or was; empty for what has no name. */
    Optional<Path> path() {
        if (kind != DescriptorKind.FILE && kind != DescriptorKind.DEVICE || !target().startsWith("/")) {
            return Optional.empty();
        }
        return asPath(isDeleted() ? target().replaceFirst(" \\(deleted\\)$", "") : target());
    }

    /** Empty for an abstract name, and for one that no path of this locale can be. */
    static Optional<Path> asPath(String name) {
        try {
            return name.isEmpty() || name.startsWith("@") ? Optional.empty() : Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    Optional<InetSocketAddress> local() {
        return inet.map(SocketTable.Inet::local);
    }

    Optional<InetSocketAddress> remote() {
        return inet.map(SocketTable.Inet::remote).filter(address -> address.getPort() != 0);
    }

    boolean listens() {
        return inet.map(SocketTable.Inet::listens).orElse(false)
                || unix.map(SocketTable.Unix::listens).orElse(false);
    }

    /** For people: the rest of a sentence that begins with "descriptor 7 is". */
    String text() {
        return switch (kind) {
            case FILE -> "the " + (descriptor.isDirectory() ? "directory " : "file ") + target();
            case DEVICE -> "the device " + target();
            case PIPE -> "a pipe";
            case SOCKET -> socketText();
            case DESCRIPTOR -> "of the kind " + target();
        };
    }

    private String socketText() {
        if (inet.isPresent()) {
            var socket = inet.get();
            var protocol = socket.tcp() ? "TCP" : "UDP";
            if (listens()) {
                return "a TCP socket that listens on " + SocketTable.text(socket.local());
            }
            return remote().map(address -> "a connected " + protocol + " socket to " + SocketTable.text(address))
                    .orElseGet(() -> "a " + protocol + " socket bound to " + SocketTable.text(socket.local()));
        }
        if (unix.isPresent()) {
            var path = unix.get().path();
            return "a Unix socket" + (listens() ? " that listens" : "") + (path.isEmpty() ? "" : " (" + path + ")");
        }
        return "a socket without an address";
    }
}
