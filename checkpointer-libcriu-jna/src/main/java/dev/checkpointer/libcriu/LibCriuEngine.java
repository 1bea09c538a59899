package dev.checkpointer.libcriu;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.Settings;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.CriuProbe;
import dev.checkpointer.criu.NativeAccess;
import dev.checkpointer.criu.PreDump;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Calls CRIU's library {@code libcriu.so.2}. The library starts the {@code criu} command as its worker; it is always told
 * which one, so that no other one on the {@code PATH} is used. It keeps its options in global variables, so that one call is
 * made at a time, in this engine; other users of the library in the same JVM would be in its way.
 *
 * <p>What the library has no function for is refused by name: to restore a child of this JVM into a PID namespace of its
 * own, and, with a library older than 4.2, to restore into a PID namespace at all.
 *
 * @since 0.1.0
 */
public final class LibCriuEngine implements CheckpointEngine {
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
            EngineFeature.NOTIFY,
            EngineFeature.UNPRIVILEGED);

    /** For the service loader. */
    public LibCriuEngine() {}

    @Override
    public String name() {
        return "libcriu";
    }

    /**
     * The middle one of CRIU's engines, 20. The engine {@code criu-rpc}, 30, speaks the same protocol as the library does,
     * but hands on what CRIU says of a failure, where the library keeps it to itself, and needs nothing beside CRIU. The
     * engine {@code criu-exec}, 10, works everywhere, but its parts are shell scripts.
     */
    @Override
    public int priority() {
        return 20;
    }

    @Override
    public EngineProbe probe() {
        var missing = NativeAccess.missing(LibCriuEngine.class);
        if (missing.isPresent()) {
            return missing.get();
        }
        return CriuProbe.answer(
                () -> {
                    var library = library().toString();
                    var version = CriuCommand.find().version().toString();
                    return NativeAccess.withoutWarning(
                            LibCriuEngine.class, new EngineProbe.Available(version, FEATURES, library));
                },
                "sh",
                "setsid",
                "timeout");
    }

    private static Path library() throws EngineException {
        return LibraryFile.find(
                Settings.current(),
                Optional.ofNullable(System.getenv("LD_LIBRARY_PATH")).orElse(""));
    }

    @Override
    public void warmUp(CheckpointRequest request) throws EngineException {
        NativeAccess.keepLibrary(LibCriuEngine.class);
        NativeCriu.warmUp(library(), request);
    }

    @Override
    public Optional<String> preDump(CheckpointRequest request) throws EngineException {
        return PreDump.run(CriuCommand.find(), request);
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException {
        NativeAccess.keepLibrary(LibCriuEngine.class);
        return NativeCriu.checkpoint(library(), CriuCommand.find(), request);
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) throws EngineException {
        NativeAccess.keepLibrary(LibCriuEngine.class);
        return NativeCriu.restore(library(), CriuCommand.find(), request);
    }
}
