package dev.checkpointer.libcriu;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpFailure;
import dev.checkpointer.criu.DumpHook;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.SelfDumps;
import dev.checkpointer.criu.Shell;
import dev.checkpointer.criu.ThisProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One dump. Without a PID the library starts its worker out of this JVM's tree, and CRIU dumps the process that asks. The
 * worker runs below {@code timeout}, since a JVM that dumps itself is frozen and cannot keep a deadline.
 *
 * <p>Before a JVM is frozen that dumps itself, it has to close what the image must not hold: the descriptor of the images
 * directory, which may be moved later, and the zombie that daemon(3) left. That can be done when CRIU has opened the
 * directory, and CRIU waits for it: its action script goes on when the worker's script is gone.
 */
final class LibCriuDump {
    private static final String WORKER = "dump.service";
    private static final String HOLD = "while [ -e " + WORKER + " ]; do sleep 0.002; done";
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final NativeCriu libraries;
    private final CriuCommand criu;
    private final CheckpointRequest request;
    private final boolean self;
    private final Path staging;
    private final DumpFailure failure;

    LibCriuDump(NativeCriu libraries, CriuCommand criu, CheckpointRequest request) {
        this.libraries = libraries;
        this.criu = criu;
        this.request = request;
        this.self = request.pid().isEmpty();
        this.staging = request.stagingDirectory();
        this.failure = new DumpFailure(criu, staging, request.timeout());
    }

    CheckpointOutcome run() throws EngineException {
        if (self) {
            SelfDumps.refuse(request, false);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted before the dump began", "");
        }
        var stages = request.listener().map(listener -> new Stages(libraries.criu(), listener, pid -> pid, () -> {}));
        try (var descriptors = new Descriptors(libraries.libc())) {
            prepare(descriptors, stages);
            var call = LibCriuCall.start(libraries.libc(), libraries.criu()::criu_dump, () -> {});
            int value = self ? dumpThisJvm(call, descriptors) : dumpOther(call);
            if (stages.isPresent()) {
                stages.get().requireSuccess("dump");
            }
            return outcome(value);
        } catch (IOException e) {
            throw ImageDirectory.notWritable(staging, e);
        } finally {
            Reference.reachabilityFence(stages);
        }
    }

    private void prepare(Descriptors descriptors, Optional<Stages> stages) throws IOException, EngineException {
        Files.deleteIfExists(log());
        var hook = self ? DumpHook.write(request, HOLD) : DumpHook.write(request);
        var options = new LibCriuOptions(libraries.criu());
        options.begin(DumpHook.executable(staging.resolve(WORKER), worker(hook)));
        long pid = request.pid().orElse(ProcessHandle.current().pid());
        options.set(DumpOptions.of(request, pid, ThisProcess.unprivileged()), self);
        options.images(descriptors.directory(staging));
        stages.ifPresent(libraries.criu()::criu_set_notify_cb);
        descriptors.keepTheRest();
    }

    private Path log() {
        return staging.resolve(ImageDirectory.LOG);
    }

    private String worker(Path hook) {
        var timeout = List.of(
                "timeout",
                "-k",
                "5",
                DumpFailure.seconds(request.timeout()),
                criu.path().toString());
        return """
                #!/bin/sh
                output=%s
                command : >"$output" || output=/dev/null
                exec </dev/null >"$output" 2>&1
                exec %s "$@" --no-default-config --action-script %s
                """.formatted(
                        Shell.quote(staging.resolve(DumpFailure.OUTPUT).toString()),
                        Shell.quote(timeout),
                        Shell.quote(hook.toString()));
    }

    /** Heeds no interruption: the dump begins at any moment, and nobody may be told that it does not. */
    private int dumpThisJvm(LibCriuCall call, Descriptors descriptors) {
        while (!call.awaitAllTheSame(PAUSE_NANOS)) {
            if (Files.exists(log())) {
                call.reap();
                descriptors.close();
                staging.resolve(WORKER).toFile().delete(); // if that fails, CRIU waits until the deadline
                break; // nothing may be opened from here on
            }
        }
        return call.result();
    }

    /** An interruption ends CRIU, which lets go of the process; nothing of the image may be touched before that. */
    private static int dumpOther(LibCriuCall call) throws EngineException {
        try {
            call.await(Long.MAX_VALUE);
            return call.result();
        } catch (InterruptedException e) {
            call.children().forEach(worker -> ProcessHandle.of(worker).ifPresent(ProcessHandle::destroy));
            call.result();
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted during the dump", "");
        }
    }

    private CheckpointOutcome outcome(int value) throws EngineException {
        return switch (value) {
            case 0 -> CheckpointOutcome.CONTINUED;
            case 1 -> CheckpointOutcome.RESTORED;
            case -LibCriu.ECOMM -> throw failure.silent();
            default ->
                throw failure.failed(
                        List.of(),
                        FailureKind.OTHER,
                        "CRIU " + criu.version() + " (" + criu.path() + ") " + LibCriuFailure.of(value));
        };
    }
}
