package dev.checkpointer.libcriu;

import com.sun.jna.DefaultTypeMapper;
import com.sun.jna.FromNativeContext;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ToNativeContext;
import com.sun.jna.TypeConverter;
import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreAttempt;
import dev.checkpointer.criu.RestoreProcedure;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The part of the engine that links to JNA: the engine's class has to load without it. Makes one call at a time.
 *
 * @param criu CRIU's library
 * @param libc the C library
 */
record NativeCriu(LibCriu criu, LibC libc) {
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    /** By file. What is loaded anew has to look up each function again at its first call. */
    private static final Map<Path, NativeCriu> LOADED = new ConcurrentHashMap<>();

    /** C's {@code bool} is a byte, where JNA's own mapping of {@code boolean} is an {@code int}. */
    private static final TypeConverter BOOL = new TypeConverter() {
        @Override
        public Object toNative(Object value, ToNativeContext context) {
            return Boolean.TRUE.equals(value) ? (byte) 1 : (byte) 0;
        }

        @Override
        public Object fromNative(Object value, FromNativeContext context) {
            return !value.equals((byte) 0);
        }

        @Override
        public Class<?> nativeType() {
            return Byte.class;
        }
    };

    /**
     * Loads the libraries.
     *
     * @param file CRIU's
     * @throws EngineException when that cannot be loaded
     */
    static NativeCriu load(Path file) throws EngineException {
        try {
            return LOADED.computeIfAbsent(
                    file,
                    path -> new NativeCriu(
                            Native.load(path.toString(), LibCriu.class, options()),
                            Native.load("c", LibC.class, names())));
        } catch (UnsatisfiedLinkError e) {
            throw new EngineException(
                    FailureKind.UNAVAILABLE,
                    "cannot load " + file + ": " + e.getMessage(),
                    "Run bin/setup, or name another libcriu with checkpointer.libcriu");
        }
    }

    static Map<String, Object> options() {
        var mapper = new DefaultTypeMapper();
        mapper.addTypeConverter(Boolean.class, BOOL);
        var options = new HashMap<>(names());
        options.put(Library.OPTION_TYPE_MAPPER, mapper);
        return options;
    }

    /** File names are encoded as the JVM encodes them. */
    private static Map<String, Object> names() {
        return Map.of(Library.OPTION_STRING_ENCODING, System.getProperty("sun.jnu.encoding"));
    }

    /** Looks up the functions that a dump needs. Its options are set anew. */
    static void warmUp(Path library, CheckpointRequest request) throws EngineException {
        var libraries = load(library);
        ONE_AT_A_TIME.lock();
        try {
            var options = new LibCriuOptions(libraries.criu());
            options.begin(library);
            options.set(DumpOptions.of(request, ProcessHandle.current().pid(), false), true);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    static CheckpointOutcome checkpoint(Path library, CriuCommand criu, CheckpointRequest request)
            throws EngineException {
        var libraries = load(library);
        ONE_AT_A_TIME.lock();
        try {
            return new LibCriuDump(libraries, criu, request).run();
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    static RestoredProcess restore(Path library, CriuCommand criu, RestoreRequest request) throws EngineException {
        return RestoreProcedure.run(request, criu, new Worker(load(library)));
    }

    /** Restores, one image at a time. */
    private record Worker(NativeCriu libraries) implements RestoreProcedure.Worker {
        @Override
        public RestoredProcess restore(RestoreAttempt attempt) throws EngineException {
            try {
                if (!ONE_AT_A_TIME.tryLock(attempt.remainingNanos(), TimeUnit.NANOSECONDS)) {
                    throw attempt.timedOut();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EngineException(FailureKind.INTERRUPTED, "interrupted before the restore began", "");
            }
            try {
                return new LibCriuRestore(libraries, attempt).run();
            } finally {
                ONE_AT_A_TIME.unlock();
            }
        }

        /** The library has no function for a child in one. */
        @Override
        public boolean makesNamespaces(RestoreRequest request) {
            return !request.child();
        }
    }
}
