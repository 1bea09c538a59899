package dev.checkpointer.criu.rpc;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpFailure;
import dev.checkpointer.criu.DumpHook;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.SelfDumps;
import dev.checkpointer.criu.rpc.protocol.CriuOptions;
import dev.checkpointer.criu.rpc.protocol.CriuResponse;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One dump. A worker runs below {@code timeout}, since a JVM that dumps itself is frozen and cannot keep a deadline; this
 * JVM's own is for a CRIU that does not even end then.
 */
final class RpcDump {
    /** Added to the deadline of the request. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private static final long END_SECONDS = 10;

    private final LibC libc;
    private final Transport transport;
    private final CriuCommand criu;
    private final CheckpointRequest request;
    private final boolean self;
    private final Path staging;
    private final DumpFailure failure;

    RpcDump(LibC libc, Transport transport, CriuCommand criu, CheckpointRequest request) {
        this.libc = libc;
        this.transport = transport;
        this.criu = criu;
        this.request = request;
        this.self = request.pid().isEmpty();
        this.staging = request.stagingDirectory();
        this.failure = new DumpFailure(criu, staging, request.timeout());
    }

    CheckpointOutcome run() throws EngineException {
        if (self) {
            SelfDumps.refuse(request, transport.service());
        }
        try {
            var hook = DumpHook.write(request);
            var options = options();
            try (var link = transport.reach(worker(hook), self, !self)) {
                return dump(link, options);
            }
        } catch (IOException e) {
            throw new EngineException(FailureKind.TOOL_MISSING, "cannot start CRIU: " + e.getMessage(), "");
        }
    }

    private Worker worker(Path hook) {
        var command = List.of(
                "timeout",
                "-k",
                "5",
                DumpFailure.seconds(request.timeout()),
                criu.path().toString(),
                "swrk",
                Worker.SOCKET,
                "--no-default-config",
                "--action-script",
                hook.toString());
        return new Worker(libc, command)
                .open(0, Path.of("/dev/null"), LibC.O_RDONLY)
                .open(1, staging.resolve(DumpFailure.OUTPUT), LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND)
                .open(2, staging.resolve(DumpFailure.OUTPUT), LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND);
    }

    private CriuOptions options() throws IOException, EngineException {
        long pid = request.pid().orElse(ProcessHandle.current().pid());
        var options = RpcOptions.of(DumpOptions.of(request, pid, transport.unprivileged()), self);
        // A service notices by its notifications that nobody waits for it any longer. A frozen JVM cannot answer any.
        options.setNotifyScripts(request.listener().isPresent() || transport.service() && !self);
        if (transport.service()) {
            options.setConfigFile(configuration().toString());
        }
        return options.build();
    }

    /** A service takes no command line. CRIU's own directory is the staging directory when it runs the script. */
    private Path configuration() throws EngineException {
        try {
            return Files.writeString(staging.resolve("dump.conf"), "action-script ./" + DumpHook.NAME + "\n");
        } catch (IOException e) {
            throw ImageDirectory.notWritable(staging, e);
        }
    }

    private CheckpointOutcome dump(Transport.Link link, CriuOptions options) throws EngineException {
        long deadline = System.nanoTime() + request.timeout().plus(GRACE).toNanos();
        var client = new CriuClient(link.connection(), deadline, request.listener());
        try {
            var response = client.dump(options);
            if (!response.getSuccess()) {
                throw client.listenerFailure().map(this::stopped).orElseGet(() -> failed(response));
            }
            return response.getDump().getRestored() ? CheckpointOutcome.RESTORED : CheckpointOutcome.CONTINUED;
        } catch (ConnectionException e) {
            throw failed(e, link);
        } finally {
            link.close();
            link.child().ifPresent(child -> new Children(libc).await(child, END_SECONDS));
        }
    }

    private EngineException stopped(Exception cause) {
        var exception = new EngineException(FailureKind.OTHER, "the listener stopped the dump: " + cause, "");
        exception.initCause(cause);
        return exception;
    }

    private EngineException failed(CriuResponse response) {
        var said = response.getCrErrmsg().lines().toList();
        var number = response.hasCrErrno() ? " with error number " + response.getCrErrno() : "";
        return failure.failed(
                said, FailureKind.OTHER, "CRIU " + criu.version() + " (" + criu.path() + ") failed" + number);
    }

    private EngineException failed(ConnectionException e, Transport.Link link) {
        return switch (e.reason()) {
            case CLOSED -> {
                link.close();
                yield link.child().isPresent()
                        ? failure.ended(new Children(libc).await(link.child().getAsInt(), END_SECONDS))
                        : failure.silent();
            }
            case LATE -> failure.timedOut();
            case INTERRUPTED -> {
                end(link);
                yield new EngineException(FailureKind.INTERRUPTED, "interrupted during the dump", "");
            }
            case WRONG -> failure.failed(List.of(), FailureKind.OTHER, e.getMessage());
        };
    }

    /** Ends CRIU, which lets go of the dumped process; nothing of the image may be touched before that. */
    private void end(Transport.Link link) {
        link.child().ifPresent(child -> ProcessHandle.of(child).ifPresent(ProcessHandle::destroy));
    }
}
