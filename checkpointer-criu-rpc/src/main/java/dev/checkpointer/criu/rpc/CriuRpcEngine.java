package dev.checkpointer.criu.rpc;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.CriuProbe;
import dev.checkpointer.criu.CriuVersion;
import dev.checkpointer.criu.NativeAccess;
import dev.checkpointer.criu.PreDump;
import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Speaks CRIU's protocol over a Unix socket: with a worker that it starts, {@code criu swrk}, or with a running
 * {@code criu service} (setting {@code checkpointer.rpc.service}), so that a program needs no rights of its own.
 *
 * <p>Who can reach a service can have it run any command with its rights. CRIU up to 4.2 opens the socket to everyone, so
 * it belongs into a directory that only trusted users may enter; 4.2.1 opens it to its own user alone. A program that a service restores keeps the standard streams of the
 * image. The protocol's description and numbers are those of CRIU's {@code images/rpc.proto}.
 *
 * @since 0.1.0
 */
public final class CriuRpcEngine implements CheckpointEngine {
    private static final String PROTOBUF = "com.google.protobuf.Message";

    /** The first one that takes the images directory as a path. */
    private static final CriuVersion OLDEST = new CriuVersion(3, 19, 0);

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
            EngineFeature.UNPRIVILEGED,
            EngineFeature.SERVICE);

    /** What a service cannot do. */
    private static final Set<EngineFeature> OF_A_WORKER = EnumSet.of(
            EngineFeature.PRE_DUMP,
            EngineFeature.RESTORE_CHILD,
            EngineFeature.LAZY_RESTORE,
            EngineFeature.INHERIT_DESCRIPTORS);

    /** For the service loader. */
    public CriuRpcEngine() {}

    @Override
    public String name() {
        return "criu-rpc";
    }

    /**
     * The highest of CRIU's engines, 30. Its protocol tells why CRIU failed, and needs nothing beside CRIU itself. The
     * engine {@code libcriu}, 20, needs a library more, which speaks the same protocol but keeps CRIU's words to itself
     * and allows one call at a time. The engine {@code criu-exec}, 10, works everywhere, but its parts are shell scripts.
     */
    @Override
    public int priority() {
        return 30;
    }

    @Override
    public EngineProbe probe() {
        var missing = NativeAccess.missing(CriuRpcEngine.class);
        if (missing.isPresent()) {
            return missing.get();
        }
        if (!protobufIsThere()) {
            return new EngineProbe.Unavailable(
                    "protobuf is not on the class path or module path", "Add com.google.protobuf:protobuf-java");
        }
        return CriuProbe.answer(
                () -> {
                    var service = Settings.current().path(Setting.RPC_SERVICE);
                    var answer = service.isPresent() ? service(service.get()) : worker();
                    return answer instanceof EngineProbe.Available available
                            ? NativeAccess.withoutWarning(CriuRpcEngine.class, available)
                            : answer;
                },
                "sh",
                "setsid",
                "timeout");
    }

    private static boolean protobufIsThere() {
        try {
            Class.forName(PROTOBUF, false, CriuRpcEngine.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** A service is asked for its version only when it is used. */
    private static EngineProbe service(Path socket) {
        if (Files.notExists(socket) || Files.isRegularFile(socket) || Files.isDirectory(socket)) {
            return new EngineProbe.Unavailable(
                    "checkpointer.rpc.service names " + socket + ", which is not a socket",
                    "Start criu service --address " + socket + ", or correct the setting");
        }
        var features = EnumSet.copyOf(FEATURES);
        features.removeAll(OF_A_WORKER);
        return new EngineProbe.Available("", features, socket.toString());
    }

    private static EngineProbe worker() throws EngineException {
        var criu = CriuCommand.find();
        if (criu.version().compareTo(OLDEST) < 0) {
            return new EngineProbe.Unavailable(
                    "CRIU " + criu.version() + " (" + criu.path() + ") is older than " + OLDEST
                            + ", the first one that takes a path",
                    "Install CRIU " + CriuVersion.RECOMMENDED + " or later");
        }
        var features = EnumSet.copyOf(FEATURES);
        features.remove(EngineFeature.SERVICE);
        return new EngineProbe.Available(
                criu.version().toString(), features, criu.path().toString());
    }

    @Override
    public void warmUp(CheckpointRequest request) throws EngineException, IOException {
        Rpc.warmUp(request);
    }

    @Override
    public Optional<String> preDump(CheckpointRequest request) throws EngineException {
        return Settings.current().path(Setting.RPC_SERVICE).isPresent()
                ? Optional.of("a CRIU service makes none")
                : PreDump.run(CriuCommand.find(), request);
    }

    @Override
    public CheckpointOutcome checkpoint(CheckpointRequest request) throws EngineException {
        return Rpc.checkpoint(request);
    }

    @Override
    public RestoredProcess restore(RestoreRequest request) throws EngineException {
        return Rpc.restore(request);
    }
}
