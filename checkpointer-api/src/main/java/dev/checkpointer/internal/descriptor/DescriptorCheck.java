package dev.checkpointer.internal.descriptor;

import dev.checkpointer.TcpMode;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds the descriptors that cannot come back from an image, before anything is dumped. */
final class DescriptorCheck {
    private static final Pattern ANONYMOUS = Pattern.compile("anon_inode:\\[?([^\\]]*)\\]?");
    private static final String DELETED = " (deleted)";

    /** What CRIU brings back of the kernel's anonymous files. */
    private static final Set<String> KNOWN_ANONYMOUS =
            Set.of("eventpoll", "eventfd", "signalfd", "timerfd", "inotify", "fanotify", "pidfd", "bpf-map");

    private static final int MEMORY_DEVICES = 1;
    private static final int MISC_DEVICES = 10;
    private static final int TUN = 200;

    private final List<Descriptor> descriptors;
    private final SocketTable sockets;
    private final TcpMode tcp;
    private final long ghostLimit;
    private final Traces traces;

    DescriptorCheck(List<Descriptor> descriptors, SocketTable sockets, TcpMode tcp, long ghostLimit, Traces traces) {
        this.descriptors = descriptors;
        this.sockets = sockets;
        this.tcp = tcp;
        this.ghostLimit = ghostLimit;
        this.traces = traces;
    }

    /** Everything that prevents a dump, one exception for each descriptor but for those that nobody is to look at. */
    List<EngineException> refusals(Set<Descriptor> unseen) {
        var outside = socketsWithPeerOutside();
        var refusals = new ArrayList<EngineException>();
        for (var descriptor : descriptors) {
            if (!unseen.contains(descriptor)) {
                judge(descriptor, outside).ifPresent(refusals::add);
            }
        }
        return refusals;
    }

    private Optional<EngineException> judge(Descriptor descriptor, Map<Long, SocketTable.Unix> outside) {
        var target = descriptor.target();
        var socket = SocketTable.inode(target);
        if (socket.isPresent()) {
            return judgeSocket(descriptor, socket.get(), outside);
        }
        var anonymous = ANONYMOUS.matcher(target);
        if (anonymous.matches()) {
            return KNOWN_ANONYMOUS.contains(anonymous.group(1))
                    ? Optional.empty()
                    : Optional.of(unsupported(
                            descriptor,
                            "an anonymous file of the kind " + anonymous.group(1) + ", which CRIU cannot bring back",
                            "Close it in beforeCheckpoint"));
        }
        if (descriptor.isDevice()) {
            return judgeDevice(descriptor);
        }
        return judgeDeletedFile(descriptor);
    }

    private Optional<EngineException> judgeSocket(
            Descriptor descriptor, long inode, Map<Long, SocketTable.Unix> outside) {
        var connection = sockets.tcp(inode).filter(SocketTable.Tcp::connected);
        if (connection.isPresent() && tcp == TcpMode.REFUSE) {
            return Optional.of(refusal(
                    FailureKind.TCP_CONNECTION,
                    descriptor,
                    "a connected TCP socket to " + connection.get().remote(),
                    "Close it in beforeCheckpoint, or set checkpointer.tcp=close to bring it back closed"));
        }
        if (outside.containsKey(inode)) {
            var path = outside.get(inode).path();
            return Optional.of(unsupported(
                    descriptor,
                    "a Unix socket" + (path.isEmpty() ? "" : " (" + path + ")")
                            + " that is connected to another process",
                    "Close it in beforeCheckpoint and connect again in afterRestore"));
        }
        return Optional.empty();
    }

    private Optional<EngineException> judgeDevice(Descriptor descriptor) {
        int major = descriptor.major();
        boolean known = descriptor.isTerminal()
                || descriptor.isCharacterDevice() && major == MEMORY_DEVICES
                || descriptor.isCharacterDevice() && major == MISC_DEVICES && descriptor.minor() == TUN;
        return known
                ? Optional.empty()
                : Optional.of(unsupported(
                        descriptor,
                        "the device " + descriptor.target() + " (" + major + ":" + descriptor.minor()
                                + "), which CRIU does not know",
                        "Close it in beforeCheckpoint and open it again in afterRestore"));
    }

    private Optional<EngineException> judgeDeletedFile(Descriptor descriptor) {
        var target = descriptor.target();
        if (!descriptor.isRegularFile() || !target.endsWith(DELETED) || target.startsWith("/memfd:")) {
            return Optional.empty();
        }
        if (descriptor.links() > 0) {
            return Optional.of(unsupported(
                    descriptor,
                    "the file " + target + ", whose name was removed while another name of it is left",
                    "Close it in beforeCheckpoint"));
        }
        if (descriptor.size() > ghostLimit) {
            return Optional.of(unsupported(
                    descriptor,
                    "the file " + target + " of " + descriptor.size() + " bytes, which would have to go into the image",
                    "Close it in beforeCheckpoint, or set checkpointer.ghost.limit above its size"));
        }
        return Optional.empty();
    }

    /**
     * The kernel's table does not say who a Unix socket's peer is. Both ends are ours when neither has a name and their
     * inodes follow each other (a socket pair), or when one was accepted from a listening socket of ours and an unnamed one is left to be its
     * peer. What remains has its peer in another process.
     */
    private Map<Long, SocketTable.Unix> socketsWithPeerOutside() {
        var connected = new HashMap<Long, SocketTable.Unix>();
        for (var descriptor : descriptors) {
            SocketTable.inode(descriptor.target())
                    .flatMap(sockets::unix)
                    .filter(s -> s.hasPeer() && !s.listens())
                    .ifPresent(s -> connected.put(s.inode(), s));
        }
        sockets.pairs(descriptors).forEach(connected::remove);
        long accepted =
                connected.values().stream().filter(s -> !s.path().isEmpty()).count();
        long connecting = connected.size() - accepted;
        return accepted == connecting ? Map.of() : connected;
    }

    private EngineException unsupported(Descriptor descriptor, String what, String remedy) {
        return refusal(FailureKind.UNSUPPORTED_RESOURCE, descriptor, what, remedy);
    }

    private EngineException refusal(FailureKind kind, Descriptor descriptor, String what, String remedy) {
        var message = "cannot dump: descriptor " + descriptor.number() + " is " + what;
        return new EngineException(kind, message, remedy, traces.of(descriptor.number()), null);
    }
}
