package dev.checkpointer.criu.rpc;

import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.RestoreAttempt;
import dev.checkpointer.criu.rpc.protocol.CriuInheritedDescriptor;
import dev.checkpointer.criu.rpc.protocol.CriuOptions;
import dev.checkpointer.criu.rpc.protocol.CriuResponse;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.engine.StageListener;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Optional;

/** One try to restore an image with a worker that this JVM starts. */
final class RpcRestore {
    private static final long END_SECONDS = 10;

    private final LibC libc;
    private final Transport transport;
    private final RestoreAttempt attempt;
    private final boolean child;

    RpcRestore(LibC libc, Transport transport, RestoreAttempt attempt) {
        this.libc = libc;
        this.transport = transport;
        this.attempt = attempt;
        this.child = attempt.request().child();
    }

    RestoredProcess run() throws EngineException {
        var worker = new Worker(libc, attempt.command(Worker.SOCKET, false));
        var options = RpcOptions.of(attempt.options());
        options.setNotifyScripts(attempt.request().listener().isPresent());
        giveFiles(worker, options);
        try (var link = transport.reach(worker, !child, true)) {
            return restore(link, options.build());
        } catch (IOException e) {
            throw new EngineException(FailureKind.TOOL_MISSING, "cannot start CRIU: " + e.getMessage(), "");
        }
    }

    private void giveFiles(Worker worker, CriuOptions.Builder options) {
        int number = Worker.FIRST_GIVEN;
        for (var inherited : attempt.request().inherited().entrySet()) {
            var file = inherited.getValue().file().toPath().toAbsolutePath();
            worker.open(number, file, flags(inherited.getValue()));
            options.addInheritFd(CriuInheritedDescriptor.newBuilder()
                    .setKey(inherited.getKey())
                    .setFd(number));
            number++;
        }
    }

    private static int flags(Redirect file) {
        return switch (file.type()) {
            case WRITE -> LibC.O_WRONLY | LibC.O_CREAT | LibC.O_TRUNC;
            case APPEND -> LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND;
            default -> LibC.O_RDONLY;
        };
    }

    private RestoredProcess restore(Transport.Link link, CriuOptions options) throws EngineException {
        long deadline = System.nanoTime() + attempt.remainingNanos();
        var listener = attempt.request().listener().map(this::endingWhenItThrows);
        var client = new CriuClient(link.connection(), deadline, listener);
        try {
            var response = client.restore(options);
            if (!response.getSuccess()) {
                throw client.listenerFailure().map(RpcRestore::stopped).orElseGet(() -> failed(response));
            }
            return restored(link, response.getRestore().getPid());
        } catch (ConnectionException e) {
            end(link);
            throw client.listenerFailure().map(RpcRestore::stopped).orElseGet(() -> failed(e));
        } catch (EngineException e) {
            end(link);
            throw e;
        }
    }

    /** CRIU heeds no answer to its last stages, so that the program would run whatever the listener says. */
    private StageListener endingWhenItThrows(StageListener listener) {
        return (stage, pid) -> {
            try {
                listener.reached(stage, pid);
            } catch (Exception e) {
                attempt.end();
                throw e;
            }
        };
    }

    /** A worker ends when the program runs, except in a namespace, where a supervisor takes its place. */
    private RestoredProcess restored(Transport.Link link, int pid) throws EngineException {
        var children = new Children(libc);
        long visible = attempt.visiblePid(pid);
        if (!child) {
            reapOrphans(visible);
            return new RestoredProcess(visible);
        }
        int worker = link.child().orElseThrow();
        if (attempt.namespace()) {
            return new RestoredProcess(visible, Optional.of(children.exitStatus(worker)));
        }
        children.await(worker, END_SECONDS);
        return new RestoredProcess(visible, Optional.of(children.exitStatus(pid)));
    }

    /** To a JVM that is PID 1, orphans come back as children: the worker, and the program when it ends. */
    private void reapOrphans(long program) {
        if (ProcessHandle.current().pid() == 1) {
            var children = new Children(libc);
            long worker = attempt.starter();
            if (worker > 0 && !attempt.namespace()) {
                children.await((int) worker, END_SECONDS);
            }
            children.exitStatus(attempt.namespace() ? (int) worker : (int) program);
        }
    }

    /** Leaves nothing of what was begun, nor its remains. */
    private void end(Transport.Link link) throws EngineException {
        link.close();
        var halfRestored = attempt.end();
        var children = new Children(libc);
        link.child().ifPresent(worker -> children.await(worker, END_SECONDS));
        halfRestored.ifPresent(pid -> children.await((int) pid, END_SECONDS));
    }

    static EngineException stopped(Exception cause) {
        var exception = new EngineException(FailureKind.OTHER, "the listener stopped the restore: " + cause, "");
        exception.initCause(cause);
        return exception;
    }

    private EngineException failed(CriuResponse response) {
        var number = response.hasCrErrno() ? " with error number " + response.getCrErrno() : "";
        return attempt.failed(response.getCrErrmsg().lines().toList(), "CRIU failed" + number);
    }

    private EngineException failed(ConnectionException e) {
        return switch (e.reason()) {
            case CLOSED -> attempt.failed(List.of(), "CRIU was killed during the restore");
            case LATE -> attempt.timedOut();
            case INTERRUPTED -> new EngineException(FailureKind.INTERRUPTED, "interrupted during the restore", "");
            case WRONG -> attempt.failed(List.of(), e.getMessage());
        };
    }
}
