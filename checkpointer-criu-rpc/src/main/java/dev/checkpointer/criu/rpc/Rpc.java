package dev.checkpointer.criu.rpc;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpHook;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreAttempt;
import dev.checkpointer.criu.RestoreProcedure;
import dev.checkpointer.criu.rpc.protocol.CriuRequestType;
import dev.checkpointer.criu.rpc.protocol.CriuResponse;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The part of the engine that links to JNA and protobuf: the engine's class has to load without them. */
final class Rpc {
    private static final LibC LIBC = LibC.load();
    private static final long VERSION_SECONDS = 10;

    private Rpc() {}

    static CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException {
        var service = service();
        return service.isPresent()
                ? new RpcDump(LIBC, service.get(), command(service.get()), request).run()
                : new RpcDump(LIBC, new WorkerTransport(LIBC), CriuCommand.find(), request).run();
    }

    /** Holds the conversation of a dump with itself. */
    static void warmUp(CheckpointRequest request) throws EngineException, IOException {
        DumpHook.rehearse(request);
        var options =
                RpcOptions.of(DumpOptions.of(request, ProcessHandle.current().pid(), false), true);
        var answer = CriuResponse.newBuilder().setType(CriuRequestType.DUMP).setSuccess(true);
        var pair = new int[2];
        LIBC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, pair);
        try (var here = new Connection(LIBC, pair[0], false);
                var there = new Connection(LIBC, pair[1], false)) {
            there.send(answer.build().toByteArray());
            new CriuClient(here, System.nanoTime(), Optional.empty()).dump(options.build());
        } catch (ConnectionException e) {
            throw new IOException(e);
        }
    }

    static RestoredProcess restore(RestoreRequest request) throws EngineException {
        var service = service();
        if (service.isPresent()) {
            ServiceRestore.refuse(request);
            return RestoreProcedure.run(request, command(service.get()), new OfService(service.get()));
        }
        var worker = new WorkerTransport(LIBC);
        return RestoreProcedure.run(
                request, CriuCommand.find(), attempt -> new RpcRestore(LIBC, worker, attempt).run());
    }

    /** Restores by a service. */
    private record OfService(ServiceTransport service) implements RestoreProcedure.Worker {
        @Override
        public RestoredProcess restore(RestoreAttempt attempt) throws EngineException {
            return new ServiceRestore(LIBC, service, attempt).run();
        }

        @Override
        public boolean makesNamespaces(RestoreRequest request) {
            return false;
        }

        @Override
        public boolean unprivileged() throws EngineException {
            try {
                return service.unprivileged();
            } catch (IOException e) {
                throw new EngineException(FailureKind.UNAVAILABLE, "cannot look at the CRIU service: " + e, "");
            }
        }
    }

    private static Optional<ServiceTransport> service() {
        return Settings.current().path(Setting.RPC_SERVICE).map(socket -> new ServiceTransport(LIBC, socket));
    }

    /** Stands for a service, which tells its version itself. */
    private static CriuCommand command(ServiceTransport service) throws EngineException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(VERSION_SECONDS);
        try (var link = service.reach(null, false, true)) {
            var version = new CriuClient(link.connection(), deadline, Optional.empty()).version();
            return new CriuCommand(Path.of("criu service"), version);
        } catch (ConnectionException | IOException e) {
            throw new EngineException(
                    FailureKind.UNAVAILABLE,
                    "the CRIU service does not answer: " + e.getMessage(),
                    "Start it anew, or correct checkpointer.rpc.service");
        }
    }
}
