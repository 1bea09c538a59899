package dev.checkpointer.criu.rpc;

import com.sun.jna.LastErrorException;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.RestoreAttempt;
import dev.checkpointer.criu.rpc.protocol.CriuOptions;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/**
 * One try to restore an image with a running {@code criu service}. The program keeps the standard streams of the image, and
 * becomes nobody's child: a service takes no descriptors and makes no siblings.
 */
final class ServiceRestore {
    private final LibC libc;
    private final Transport transport;
    private final RestoreAttempt attempt;

    ServiceRestore(LibC libc, Transport transport, RestoreAttempt attempt) {
        this.libc = libc;
        this.transport = transport;
        this.attempt = attempt;
    }

    /** Refuses by name what a service cannot do, before anything is begun. */
    static void refuse(RestoreRequest request) throws EngineException {
        if (request.child()) {
            throw refused("makes no children of this JVM");
        }
        if (request.pidNamespace() == PidNamespace.ALWAYS) {
            throw refused("makes no PID namespace");
        }
        if (request.lazy()) {
            throw refused("brings no memory lazily");
        }
        if (!request.inherited().isEmpty()) {
            throw refused("takes no descriptors, so that nothing can be inherited");
        }
        var nothing = Redirect.from(new File("/dev/null"));
        if (!request.input().equals(nothing)
                || !request.output().equals(Redirect.DISCARD)
                || !request.error().equals(Redirect.DISCARD)) {
            throw refused("takes no descriptors, so that the program keeps the standard streams of the image");
        }
    }

    private static EngineException refused(String what) {
        return new EngineException(
                FailureKind.UNAVAILABLE,
                "a CRIU service " + what,
                "Leave that out, or restore without checkpointer.rpc.service");
    }

    RestoredProcess run() throws EngineException {
        int work = open();
        try {
            var options = RpcOptions.of(attempt.options())
                    .clearInheritFd()
                    .setUnprivileged(transport.unprivileged())
                    .setWorkDirFd(work)
                    .setNotifyScripts(true); // a service gives up where it cannot notify us any more
            return restore(options.build());
        } catch (IOException e) {
            throw new EngineException(FailureKind.UNAVAILABLE, "cannot reach the CRIU service: " + e.getMessage(), "");
        } finally {
            libc.close(work);
        }
    }

    /** The service looks for the descriptor in this process. */
    private int open() throws EngineException {
        try {
            return libc.open(attempt.workDirectory().toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
        } catch (LastErrorException e) {
            throw new EngineException(
                    FailureKind.OTHER, "cannot open " + attempt.workDirectory() + ": " + e.getMessage(), "");
        }
    }

    private RestoredProcess restore(CriuOptions options) throws IOException, EngineException {
        long deadline = System.nanoTime() + attempt.remainingNanos();
        try (var link = transport.reach(null, false, true)) {
            var client = new CriuClient(
                    link.connection(), deadline, attempt.request().listener());
            var response = client.restore(options);
            int pid = response.getRestore().getPid();
            if (client.listenerFailure().isPresent()) {
                if (response.getSuccess()) { // CRIU heeds no answer to its last stages
                    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                }
                throw RpcRestore.stopped(client.listenerFailure().get());
            }
            if (!response.getSuccess()) {
                throw attempt.failed(response.getCrErrmsg().lines().toList(), "the CRIU service failed");
            }
            return new RestoredProcess(pid);
        } catch (ConnectionException e) {
            throw switch (e.reason()) {
                case LATE -> attempt.timedOut();
                case INTERRUPTED -> new EngineException(FailureKind.INTERRUPTED, "interrupted during the restore", "");
                default -> attempt.failed(List.of(), e.getMessage());
            };
        }
    }
}
