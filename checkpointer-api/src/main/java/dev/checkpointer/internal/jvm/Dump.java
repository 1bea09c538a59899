package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.Manifest;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.ShellJob;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One dump of one process: the engine, the image directory, and what surrounds the engine's call. */
final class Dump {
    private final CheckpointRequest request;
    private final CheckpointEngine engine;
    private final EngineProbe.Available probe;
    private final long pid;
    private final boolean self;
    private final Optional<ImageDirectory> image;

    private Dump(
            CheckpointRequest request,
            CheckpointEngine engine,
            EngineProbe.Available probe,
            long pid,
            Optional<ImageDirectory> image) {
        this.request = request;
        this.engine = engine;
        this.probe = probe;
        this.pid = pid;
        this.self = request.pid().isEmpty();
        this.image = image;
    }

    /** Chooses the engine and looks at the image directory. Changes nothing, so that nobody has to be notified. */
    static Dump plan(CheckpointRequest request) throws EngineException {
        var verdict = EngineLoader.selection().choose(request.engine(), Settings.current());
        var engine = verdict.engine();
        var probe = verdict.probe().flatMap(EngineProbe::usable).orElseThrow();
        long pid = request.pid().orElse(ProcessHandle.current().pid());
        if (!probe.features().contains(EngineFeature.IMAGE)) {
            return new Dump(request, engine, probe, pid, Optional.empty());
        }
        var stat = ProcStat.read(pid)
                .orElseThrow(() -> new EngineException(
                        FailureKind.NO_SUCH_PROCESS, "there is no process " + pid, "Name a process that runs"));
        var directory = ImageDirectory.check(
                ImageDirectory.expand(request.imageDirectory(), pid, Instant.now()), request.overwrite());
        var shellJob = request.shellJob() != ShellJob.AUTO
                ? request.shellJob()
                : stat.session() == pid ? ShellJob.FALSE : ShellJob.TRUE;
        var complete = request.toBuilder()
                .imageDirectory(directory.target())
                .stagingDirectory(directory.staging())
                .shellJob(shellJob)
                .build();
        return new Dump(complete, engine, probe, pid, Optional.of(directory));
    }

    /** Everything that keeps the process from being dumped; empty when nothing does. */
    List<EngineException> obstacles() throws EngineException {
        if (image.isEmpty()) {
            return List.of();
        }
        return Obstacles.of(pid, request);
    }

    /** Dumps. Whatever was begun is undone when it fails. */
    CheckpointOutcome run() throws EngineException {
        if (image.isEmpty()) {
            return engine.checkpoint(request);
        }
        var directory = image.get();
        var undo = new ArrayList<Runnable>();
        try {
            directory.prepare(ImageDescription.draft(pid));
            if (self && Settings.current().text(Setting.HEAP).orElseThrow().equals("shrink")) {
                undo.add(HeapShrink.shrink());
            }
            writeManifest(directory);
            var outcome = engine.checkpoint(request);
            if (self && outcome == CheckpointOutcome.RESTORED) {
                AttachSocket.forget(pid);
            }
            return outcome;
        } catch (Throwable e) {
            discard(directory, e);
            throw e;
        } finally {
            undo.forEach(Runnable::run);
        }
    }

    private void writeManifest(ImageDirectory directory) throws EngineException {
        try {
            ImageDescription.complete(request, pid, engine.name(), probe.version())
                    .write(directory.staging().resolve(Manifest.DRAFT));
        } catch (IOException e) {
            throw ImageDirectory.notWritable(directory.staging(), e);
        }
    }

    private static void discard(ImageDirectory directory, Throwable failure) {
        try {
            directory.discard();
        } catch (EngineException e) {
            failure.addSuppressed(e);
        }
    }
}
