package dev.checkpointer.manager;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Signals to processes, none of which can meet a later process of the same PID. */
final class Processes {
    private Processes() {}

    /** A process and all that are below it now. */
    static List<ProcessIdentity> tree(ProcessIdentity root) {
        var below = ProcessHandle.of(root.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .map(ProcessIdentity::of)
                .flatMap(Optional::stream);
        return Stream.concat(Stream.of(root), below).toList();
    }

    static void signal(ProcessIdentity process, int signal) {
        Pidfd.open(process).ifPresent(pidfd -> {
            try (pidfd) {
                pidfd.signal(signal);
            }
        });
    }
}
