package dev.checkpointer.internal.restore;

import dev.checkpointer.ImageException;
import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreArguments;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.EngineReport;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.proc.ProcessOwner;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A restore of a program that is told something. The engine need not know of it: for the engine a file stands in for a
 * descriptor.
 */
public final class TellingRestore {
    private static final String MESSAGE = "message";
    private static final String READY = "ready";

    private TellingRestore() {}

    /**
     * Restores.
     *
     * @param chosen the engine, with what its probe said
     * @param request what to restore
     * @return the program
     * @throws EngineException when nothing was restored, or the program cannot be told what it should
     */
    public static RestoredProcess run(EngineReport.Verdict chosen, RestoreRequest request) throws EngineException {
        var engine = chosen.engine();
        var manifest = manifest(request);
        boolean able = chosen.probe()
                .flatMap(EngineProbe::usable)
                .filter(probe -> probe.features().contains(EngineFeature.INHERIT_DESCRIPTORS))
                .isPresent();
        var channel = manifest.flatMap(lines -> lines.get(RestoreChannel.MANIFEST_KEY));
        if (able && channel.isPresent()) {
            return run(engine, request, channel.get(), user(manifest.get()));
        }
        if (!request.arguments().equals(RestoreArguments.NONE) || request.awaitReady()) {
            throw channel.isPresent() ? unable(engine) : unnotified(request);
        }
        return engine.restore(request);
    }

    private static RestoredProcess run(
            CheckpointEngine engine, RestoreRequest request, String channel, Optional<Integer> user)
            throws EngineException {
        try {
            var directory = ProcessOwner.directoryOf(Optional.empty());
            var told = ProcessOwner.directoryOf(user); // the program's, which may be another user's
            try {
                return run(engine, request, channel, directory.resolve(MESSAGE), told.resolve(READY));
            } finally {
                Files.deleteIfExists(directory.resolve(MESSAGE));
                Files.delete(directory);
                Files.deleteIfExists(told.resolve(READY));
                Files.delete(told);
            }
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.NOT_WRITABLE,
                    "cannot write what the program is to be told: " + e,
                    "Set java.io.tmpdir to a directory that this user may write");
        }
    }

    private static RestoredProcess run(
            CheckpointEngine engine, RestoreRequest request, String channel, Path message, Path readyFile)
            throws EngineException, IOException {
        var image = request.imageDirectory().toAbsolutePath();
        var ready = Optional.of(readyFile).filter(file -> request.awaitReady());
        Files.write(message, new RestoreMessage(image, ready, request.arguments()).encode());
        var process = engine.restore(request.toBuilder()
                .inherit(channel, Redirect.from(message.toFile()))
                .build());
        if (ready.isPresent()) {
            new Readiness(process, ready.get(), request.timeout()).await();
        }
        return process;
    }

    /** Empty for an image that cannot be restored at all, too: the engine says why. */
    private static Optional<Manifest> manifest(RestoreRequest request) {
        try {
            return Optional.of(Manifest.read(request.imageDirectory().resolve(Manifest.FILE)));
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    private static Optional<Integer> user(Manifest manifest) {
        try {
            return manifest.get(ProcessOwner.MANIFEST_KEY).map(Integer::parseUnsignedInt);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static EngineException unable(CheckpointEngine engine) {
        return new EngineException(
                FailureKind.UNAVAILABLE,
                "engine " + engine.name() + " cannot tell the program anything here",
                "Restore without arguments, or with another engine");
    }

    private static EngineException unnotified(RestoreRequest request) {
        return new EngineException(
                FailureKind.IMAGE_REFUSED,
                "the program in " + request.imageDirectory()
                        + " cannot be told anything: it was not notified of its checkpoint",
                "Restore it without arguments and without waiting for it, or make the checkpoint with the library or the agent in it");
    }
}
