package dev.checkpointer.criu.exec;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.Settings;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
            EngineFeature.RESTORE,
            EngineFeature.RESTORE_CHILD,
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
        try {
            var missing = missingTool();
            if (missing.isPresent()) {
                return new EngineProbe.Unavailable(
                        "there is no command " + missing.get() + " on the PATH", "Install coreutils and util-linux");
            }
            var criu = command();
            return new EngineProbe.Available(
                    criu.version().toString(), FEATURES, criu.path().toString());
        } catch (EngineException e) {
            return new EngineProbe.Unavailable(CriuCommand.reason(e), e.remedy());
        } catch (RuntimeException e) {
            return new EngineProbe.Unavailable(e.getMessage(), "Correct the setting");
        }
    }

    private static Optional<String> missingTool() {
        var directories = searchPath().split(":");
        return Arrays.stream(TOOLS)
                .filter(tool ->
                        Arrays.stream(directories).noneMatch(directory -> Files.isExecutable(Path.of(directory, tool))))
                .findFirst();
    }

    private static CriuCommand command() throws EngineException {
        return CriuCommand.find(Settings.current(), searchPath());
    }

    private static String searchPath() {
        return Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException {
        if (request.listener().isPresent()) {
            throw LauncherArguments.unavailable("cannot tell a listener how far a dump is");
        }
        var criu = command();
        return request.pid().isPresent()
                ? OtherDump.run(criu, request, request.pid().getAsLong())
                : SelfDump.run(criu, request);
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) throws EngineException {
        return LauncherRestore.run(command(), request);
    }
}
