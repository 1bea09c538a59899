package dev.checkpointer.internal.descriptor;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.function.Predicate;

/** What a rule asks of a socket. Each method throws {@link IllegalArgumentException} with what is allowed. */
final class SocketFilter {
    private static final int MOST = 65535;

    private SocketFilter() {}

    static Predicate<OpenDescriptor> family(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "ip", "inet" -> open -> open.inet().isPresent();
            case "ipv4", "inet4" ->
                open -> open.local()
                        .map(a -> isOf(a.getAddress(), Inet4Address.class))
                        .orElse(false);
            case "ipv6", "inet6" ->
                open -> open.local()
                        .map(a -> isOf(a.getAddress(), Inet6Address.class))
                        .orElse(false);
            case "unix" -> open -> open.unix().isPresent();
            default -> throw new IllegalArgumentException("ip, inet, ipv4, inet4, ipv6, inet6 or unix");
        };
    }

    /** A socket that is bound to every address may be of both families. */
    private static boolean isOf(InetAddress address, Class<? extends InetAddress> family) {
        return family.isInstance(address) || address instanceof Inet6Address && address.isAnyLocalAddress();
    }

    static Predicate<OpenDescriptor> listening(String text) {
        boolean listening = PolicyFile.flag(text);
        return open -> open.listens() == listening;
    }

    static Predicate<OpenDescriptor> localAddress(String text) {
        return open -> open.local()
                .filter(address -> isAddress(text, address.getAddress()))
                .isPresent();
    }

    static Predicate<OpenDescriptor> remoteAddress(String text) {
        return open -> open.remote()
                .filter(address -> isAddress(text, address.getAddress()))
                .isPresent();
    }

    /** Names are looked up at the checkpoint, and match nothing where there is no such host. */
    private static boolean isAddress(String text, InetAddress address) {
        try {
            if (text.equals("*")) {
                return true;
            }
            var wanted = InetAddress.getByName(text);
            return wanted.equals(address) || wanted.isAnyLocalAddress() && address.isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    static Predicate<OpenDescriptor> localPort(String text) {
        var port = port(text);
        return open -> open.local().filter(port).isPresent();
    }

    static Predicate<OpenDescriptor> remotePort(String text) {
        var port = port(text);
        return open -> open.remote().filter(port).isPresent();
    }

    private static Predicate<InetSocketAddress> port(String text) {
        if (text.equals("*")) {
            return address -> true;
        }
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MOST) {
            throw new IllegalArgumentException("a number up to " + MOST + " or *");
        }
        int port = Integer.parseInt(text);
        return address -> address.getPort() == port;
    }

    static Predicate<OpenDescriptor> localPath(String text) {
        var glob = new PathGlob(text);
        return open -> open.unix()
                .flatMap(socket -> OpenDescriptor.asPath(socket.path()))
                .filter(glob::matches)
                .isPresent();
    }

    /** The kernel's table does not say who a Unix socket's peer is; its object does. */
    static Predicate<OpenDescriptor> remotePath(String text) {
        var glob = new PathGlob(text);
        return open -> {
            if (open.unix().filter(SocketTable.Unix::connected).isEmpty()) {
                return false;
            }
            var owner = open.open().orElseThrow(Policy.UnknownPeer::new);
            return owner.remotePath().filter(glob::matches).isPresent();
        };
    }
}
