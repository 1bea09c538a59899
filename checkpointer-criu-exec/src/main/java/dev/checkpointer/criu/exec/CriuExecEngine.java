package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.CriuProbe;
import dev.checkpointer.criu.PreDump;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the {@code criu} command. It needs no native library, so it works wherever CRIU does, and has the lowest priority
 * of the engines that do.
 *
 * @since 0.1.0
 */
public final class CriuExecEngine implements CheckpointEngine {
    /** What the scripts use besides CRIU. */
    private static final String[] TOOLS = {"sh", "setsid", "mkfifo", "timeout", "stat"};

    private static final Set<EngineFeature> FEATURES = EnumSet.of(
            EngineFeature.IMAGE,
            EngineFeature.SELF_DUMP,
            EngineFeature.OTHER_PROCESS,
            EngineFeature.LEAVE_RUNNING,
            EngineFeature.PRE_DUMP,
            EngineFeature.RESTORE,
            EngineFeature.RESTORE_CHILD,
            EngineFeature.LAZY_RESTORE,
            EngineFeature.INHERIT_DESCRIPTORS,
            EngineFeature.UNPRIVILEGED);

    /** For the service loader. */
    public CriuExecEngine() {}

    @Override
    public String name() {
        return "criu-exec";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public EngineProbe probe() {
        return CriuProbe.answer(
                () -> {
                    var criu = CriuCommand.find();
                    return new EngineProbe.Available(
                            criu.version().toString(), FEATURES, criu.path().toString());
                },
                TOOLS);
    }

    @Override
    public void warmUp(CheckpointRequest request) throws EngineException, IOException {
        DumpScript.rehearse(CriuCommand.find(), request);
    }

    @Override
    public Optional<String> preDump(CheckpointRequest request) throws EngineException {
        return PreDump.run(CriuCommand.find(), request);
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException {
        if (request.listener().isPresent()) {
            throw LauncherArguments.unavailable("cannot tell a listener how far a dump is");
        }
        var criu = CriuCommand.find();
        return request.pid().isPresent()
                ? OtherDump.run(criu, request, request.pid().getAsLong())
                : SelfDump.run(criu, request);
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) throws EngineException {
        return LauncherRestore.run(CriuCommand.find(), request);
    }
}
