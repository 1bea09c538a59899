package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.Manifest;
import dev.checkpointer.Settings;
import dev.checkpointer.ShellJob;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.descriptor.DescriptorPlan;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** One dump of one process: the engine, the image directory, and what surrounds the engine's call. */
final class Dump {
    private final CheckpointRequest request;
    private final CheckpointEngine engine;
    private final EngineProbe.Available probe;
    private final long pid;
    private final Optional<ImageDirectory> image;
    private Optional<DescriptorPlan> descriptors = Optional.empty();
    private boolean prepared;

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
        this.image = image;
    }

    /** Chooses the engine and looks at the image directory. Changes nothing, so that nobody has to be notified. */
    static Dump plan(CheckpointRequest request) throws EngineException {
        DescriptorPlan.requirePolicies(Settings.current());
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

    /** False for an engine that dumps nothing. */
    boolean makesImage() {
        return image.isPresent();
    }

    /** Does what changes nothing, so that it is quicker the next time. */
    void rehearse() throws Exception {
        Settings.current().unknown();
        obstacles();
        if (image.isPresent()) {
            ImageDescription.complete(
                    request, pid, engine.name(), probe.version(), Set.of(), Map.of(), Optional.empty());
        }
        engine.warmUp(request);
    }

    /** Everything that keeps the process from being dumped; empty when nothing does. */
    List<EngineException> obstacles() throws EngineException {
        if (image.isEmpty()) {
            return List.of();
        }
        descriptors = Optional.of(Obstacles.plan(request, Set.of()));
        return Obstacles.of(request, descriptors.get());
    }

    /** Does to the descriptors what the policies say, when there are no obstacles. */
    void settleDescriptors() throws EngineException {
        if (descriptors.isPresent()) {
            descriptors.get().carryOut();
        }
    }

    /**
     * Writes most of another process's memory while it runs, if that was asked for; says why where that cannot be. What this
     * begins, {@link #run} goes on with, or {@link #abandon} undoes.
     */
    void preDump() throws EngineException {
        if (!request.preDump() || image.isEmpty()) {
            return;
        }
        if (request.pid().isEmpty()) {
            warn("a program that dumps itself has none");
            return;
        }
        prepare(image.get());
        engine.preDump(request).ifPresent(Dump::warn);
    }

    private static void warn(String reason) {
        System.getLogger("dev.checkpointer")
                .log(System.Logger.Level.WARNING, "there is no pre-dump, the dump is a whole one: " + reason);
    }

    /** Undoes what was begun, because of a failure. */
    void abandon(Throwable failure) {
        image.ifPresent(directory -> discard(directory, failure));
    }

    private void prepare(ImageDirectory directory) throws EngineException {
        if (!prepared) {
            directory.prepare(ImageDescription.draft(pid));
            prepared = true;
        }
    }

    /**
     * Dumps. Whatever was begun is undone when it fails. The last preparation runs when the directory is there, and what it
     * returns goes into the manifest. What still goes on beside this is waited for.
     */
    CheckpointOutcome run(Supplier<Map<String, String>> lastPreparation, Runnable waiting) throws EngineException {
        if (image.isEmpty()) {
            return engine.checkpoint(request);
        }
        var directory = image.get();
        try {
            requireUninterrupted();
            prepare(directory);
            writeManifest(directory, lastPreparation.get());
            waiting.run();
            return engine.checkpoint(request);
        } catch (Throwable e) {
            discard(directory, e);
            throw e;
        }
    }

    private void writeManifest(ImageDirectory directory, Map<String, String> more) throws EngineException {
        try {
            ImageDescription.complete(
                            request,
                            pid,
                            engine.name(),
                            probe.version(),
                            descriptors.map(DescriptorPlan::reopened).orElse(Set.of()),
                            more,
                            Optional.of(directory.staging()))
                    .write(directory.staging().resolve(Manifest.DRAFT));
        } catch (IOException e) {
            requireUninterrupted(); // what an interrupted thread reads or writes fails, whatever the file
            throw ImageDirectory.notWritable(directory.staging(), e);
        }
    }

    private static void requireUninterrupted() throws EngineException {
        if (Thread.currentThread().isInterrupted()) {
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted before the dump began", "");
        }
    }

    private static void discard(ImageDirectory directory, Throwable failure) {
        try {
            directory.discard();
        } catch (EngineException e) {
            failure.addSuppressed(e);
        }
    }

    /** Notes that there is an image, or that there would be one with an engine that makes some. */
    void note() {
        History.INSTANCE.imageMade(
                engine.name(), image.map(ImageDirectory::target).orElse(request.imageDirectory()));
    }
}
