package dev.checkpointer.libcriu;

import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.DumpHook;
import dev.checkpointer.criu.RestoreAttempt;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.criu.Shell;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One try to restore an image. The library waits for the end of what it has started, so in a PID namespace, where the worker
 * becomes the supervisor and does not end, that is started in the background.
 */
final class LibCriuRestore {
    /** Stands for the number of the library's socket, the second argument of the worker's script. */
    private static final String SOCKET = "$2";

    private static final String WORKER = "restore.service";
    private static final String CONFIGURATION = "restore.conf";
    private static final String IMAGES = "images";
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final NativeCriu libraries;
    private final RestoreAttempt attempt;
    private final boolean child;
    private volatile EngineException leftBehind;

    LibCriuRestore(NativeCriu libraries, RestoreAttempt attempt) {
        this.libraries = libraries;
        this.attempt = attempt;
        this.child = attempt.request().child();
    }

    RestoredProcess run() throws EngineException {
        var stages = attempt.request()
                .listener()
                .map(listener -> new Stages(libraries.criu(), listener, this::visiblePid, this::end));
        try (var descriptors = new Descriptors(libraries.libc())) {
            prepare(descriptors, stages);
            var function = libraries.criu();
            var call = LibCriuCall.start(
                    libraries.libc(), child ? function::criu_restore_child : function::criu_restore, this::end);
            await(call);
            if (stages.isPresent()) {
                stages.get().requireSuccess("restore");
            }
            return restored(call.result());
        } catch (EngineException e) {
            if (leftBehind != null) {
                e.addSuppressed(leftBehind);
            }
            throw e;
        } finally {
            Reference.reachabilityFence(stages);
        }
    }

    private void prepare(Descriptors descriptors, Optional<Stages> stages) throws EngineException {
        var told = attempt.options();
        descriptors.occupySmall();
        var options = new LibCriuOptions(libraries.criu());
        options.begin(worker());
        options.set(told);
        if (attempt.namespace()) {
            options.configuration(configuration(told));
        } else {
            options.images(descriptors.directory(told.imagesDirectory()));
        }
        for (var inherited : attempt.request().inherited().entrySet()) {
            options.inherit(descriptors.inherited(inherited.getValue()), inherited.getKey());
        }
        stages.ifPresent(libraries.criu()::criu_set_notify_cb);
        descriptors.keepTheRest();
    }

    private Path worker() throws EngineException {
        var work = attempt.workDirectory();
        var command = attempt.command(SOCKET, !child).stream()
                .map(word -> word.equals(SOCKET) ? '"' + SOCKET + '"' : Shell.quote(word))
                .collect(Collectors.joining(" "));
        var text = "#!/bin/sh\ncd " + Shell.quote(work.toString()) + " || exit 1\nexec "
                + (attempt.namespace() ? "setsid --fork " : "") + command + "\n";
        try {
            return DumpHook.executable(work.resolve(WORKER), text);
        } catch (EngineException e) {
            var exception = new EngineException(
                    FailureKind.NOT_WRITABLE,
                    "cannot use " + work + " for the restore",
                    "Set java.io.tmpdir to a directory on a file system that is not mounted noexec");
            exception.initCause(e);
            throw exception;
        }
    }

    /**
     * The images directory for a CRIU in another PID namespace, where no descriptor of this process can be looked up. CRIU
     * reads no path with a space, a quote or a number sign from such a file, hence the link, which it finds in its working
     * directory.
     */
    private Path configuration(RestoreOptions options) throws EngineException {
        var work = attempt.workDirectory();
        try {
            Files.createSymbolicLink(work.resolve(IMAGES), options.imagesDirectory());
            return Files.writeString(work.resolve(CONFIGURATION), "images-dir " + IMAGES + "\n");
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.NOT_WRITABLE, "cannot write to " + work + ": " + e, "Make room there");
        }
    }

    /** Waits until the deadline. Whoever does not wait any longer ends what was begun, and waits for that. */
    private void await(LibCriuCall call) throws EngineException {
        try {
            if (!call.await(attempt.remainingNanos())) {
                abandon(call);
                throw attempt.timedOut();
            }
        } catch (InterruptedException e) {
            abandon(call);
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted during the restore", "");
        }
    }

    private void abandon(LibCriuCall call) {
        do {
            end();
        } while (!call.awaitAllTheSame(PAUSE_NANOS));
        int value = call.result();
        if (value > 0 && !attempt.namespace()) { // the program ran at that very moment
            ProcessHandle.of(value).ifPresent(ProcessHandle::destroyForcibly);
            if (child) {
                LibCriuCall.await(libraries.libc(), value);
            }
        }
    }

    private RestoredProcess restored(int value) throws EngineException {
        if (value <= 0) {
            throw attempt.failed(List.of(), "CRIU " + LibCriuFailure.of(value));
        }
        if (!child) {
            try {
                return new RestoredProcess(attempt.visiblePid(value));
            } catch (EngineException e) {
                end();
                throw e;
            }
        }
        var status = new CompletableFuture<Integer>();
        var thread = new Thread(
                () -> status.complete(LibCriuCall.await(libraries.libc(), value)), "checkpointer: waits for " + value);
        thread.setDaemon(true);
        thread.start();
        return new RestoredProcess(value, Optional.of(status));
    }

    private long visiblePid(int pid) {
        try {
            return pid > 0 ? attempt.visiblePid(pid) : 0;
        } catch (EngineException e) {
            return 0; // not there yet
        }
    }

    private void end() {
        try {
            attempt.end();
        } catch (EngineException e) {
            leftBehind = e;
        }
    }
}
