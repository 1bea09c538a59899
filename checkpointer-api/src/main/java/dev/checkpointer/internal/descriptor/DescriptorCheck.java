package dev.checkpointer.internal.descriptor;

import dev.checkpointer.TcpMode;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

    private final List<DumpedProcess> processes;
    private final SocketTable sockets;
    private final TcpMode tcp;
    private final long ghostLimit;
    private final Traces traces;
    private final Advice advice;

    /** Of a process with those below it, itself first. */
    DescriptorCheck(List<DumpedProcess> processes, SocketTable sockets, TcpMode tcp, long ghostLimit, Traces traces) {
        this.processes = processes;
        this.advice = Advice.forProgram(processes);
        this.sockets = sockets;
        this.tcp = tcp;
        this.ghostLimit = ghostLimit;
        this.traces = traces;
    }

    /**
     * Everything that prevents a dump, one exception for each descriptor but for those that nobody is to look at. What several
     * processes have inherited is told once.
     */
    List<EngineException> refusals(Set<Descriptor> unseen) {
        var outside = socketsWithPeerOutside();
        var refusals = new ArrayList<EngineException>();
        var told = new HashSet<String>();
        for (var process : processes) {
            var place = process == processes.get(0) ? "" : " of process " + process.pid();
            var found = new HashSet<String>();
            for (var descriptor : process.descriptors()) {
                if (!unseen.contains(descriptor) && !told.contains(descriptor.target())) {
                    judge(descriptor, outside).ifPresent(reason -> {
                        refusals.add(reason.refusal(descriptor, place));
                        found.add(descriptor.target());
                    });
                }
            }
            told.addAll(found);
        }
        return refusals;
    }

    /** Why a descriptor cannot come back: the rest of a sentence that begins with "descriptor 7 is". */
    private record Reason(FailureKind kind, String what, String remedy, Traces traces) {
        EngineException refusal(Descriptor descriptor, String place) {
            return new EngineException(
                    kind,
                    "cannot dump: descriptor " + descriptor.number() + place + " is " + what,
                    remedy,
                    place.isEmpty() ? traces.of(descriptor.number()) : List.of(),
                    null);
        }
    }

    private Optional<Reason> judge(Descriptor descriptor, Map<Long, SocketTable.Unix> outside) {
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
                            "an anonymous file of the kind " + anonymous.group(1) + ", which CRIU cannot bring back",
                            advice.close()));
        }
        if (descriptor.isDevice()) {
            return judgeDevice(descriptor);
        }
        return judgeDeletedFile(descriptor);
    }

    private Optional<Reason> judgeSocket(Descriptor descriptor, long inode, Map<Long, SocketTable.Unix> outside) {
        var connection = sockets.tcp(inode).filter(SocketTable.Tcp::connected);
        if (connection.isPresent() && tcp == TcpMode.REFUSE) {
            return Optional.of(reason(
                    FailureKind.TCP_CONNECTION,
                    "a connected TCP socket to " + connection.get().remote(),
                    advice.close() + ", or set checkpointer.tcp=close to bring it back closed"));
        }
        if (outside.containsKey(inode)) {
            var path = outside.get(inode).path();
            return Optional.of(unsupported(
                    "a Unix socket" + (path.isEmpty() ? "" : " (" + path + ")")
                            + " that is connected to another process",
                    advice.close("connect")));
        }
        return Optional.empty();
    }

    private Optional<Reason> judgeDevice(Descriptor descriptor) {
        int major = descriptor.major();
        boolean known = descriptor.isTerminal()
                || descriptor.isCharacterDevice() && major == MEMORY_DEVICES
                || descriptor.isCharacterDevice() && major == MISC_DEVICES && descriptor.minor() == TUN;
        return known
                ? Optional.empty()
                : Optional.of(unsupported(
                        "the device " + descriptor.target() + " (" + major + ":" + descriptor.minor()
                                + "), which CRIU does not know",
                        advice.close("open it")));
    }

    private Optional<Reason> judgeDeletedFile(Descriptor descriptor) {
        var target = descriptor.target();
        if (!descriptor.isRegularFile() || !target.endsWith(DELETED) || target.startsWith("/memfd:")) {
            return Optional.empty();
        }
        if (descriptor.links() > 0) {
            return Optional.of(unsupported(
                    "the file " + target + ", whose name was removed while another name of it is left",
                    advice.close()));
        }
        if (descriptor.size() > ghostLimit) {
            return Optional.of(unsupported(
                    "the file " + target + " of " + descriptor.size() + " bytes, which would have to go into the image",
                    advice.close() + ", or set checkpointer.ghost.limit above its size"));
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
        var descriptors = processes.stream()
                .flatMap(process -> process.descriptors().stream())
                .toList();
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

    private Reason unsupported(String what, String remedy) {
        return reason(FailureKind.UNSUPPORTED_RESOURCE, what, remedy);
    }

    private Reason reason(FailureKind kind, String what, String remedy) {
        return new Reason(kind, what, remedy, traces);
    }
}
