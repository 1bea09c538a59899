package dev.checkpointer.criu;

import dev.checkpointer.engine.EngineProbe;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * What engines that call native code through JNA need to know of it, without linking to it: whether it is there, whether
 * this JVM lets it load native code without a warning, and a place of its native library that lasts.
 *
 * @since 0.1.0
 */
public final class NativeAccess {
    private static final String JNA = "com.sun.jna.Native";
    private static final String BOOT_PATH = "jna.boot.library.path";

    private static boolean loaded;

    private NativeAccess() {}

    /**
     * What stands in the way of using JNA.
     *
     * @param engine a class of the engine, whose class loader is asked
     * @return empty when nothing does; {@link EngineProbe.Unavailable} when JNA is missing
     */
    public static Optional<EngineProbe.Unavailable> missing(Class<?> engine) {
        return jna(engine).isPresent()
                ? Optional.empty()
                : Optional.of(new EngineProbe.Unavailable(
                        "JNA is not on the class path or module path", "Add net.java.dev.jna:jna-jpms"));
    }

    /**
     * An engine's answer when it works, with the drawback that the JDK would print a warning when native code is loaded.
     * From JDK 24 on it does, unless native access is enabled.
     *
     * @param engine a class of the engine
     * @param available what the engine can do
     * @return the same, or {@link EngineProbe.ByNameOnly}
     */
    public static EngineProbe withoutWarning(Class<?> engine, EngineProbe.Available available) {
        var module = jna(engine).orElseThrow().getModule();
        if (Runtime.version().feature() < 24 || enabled(module)) {
            return available;
        }
        var name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return new EngineProbe.ByNameOnly(
                available,
                "this JDK would print a warning when native code is loaded",
                "Start java with --enable-native-access=" + name
                        + (module.isNamed()
                                ? ""
                                : ", or put Enable-Native-Access: ALL-UNNAMED into the manifest of the application's jar"));
    }

    /** The method exists from JDK 22 on. */
    private static boolean enabled(Module module) {
        try {
            return (boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    private static Optional<Class<?>> jna(Class<?> engine) {
        try {
            return Optional.of(Class.forName(JNA, false, engine.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }

    /**
     * Has JNA load its native part from a file that lasts, unless it is loaded already or somebody else has chosen a place.
     * JNA itself unpacks that part to a file which it deletes at once. CRIU would have to put the deleted file into the
     * image and to make it again at each restore, and clones that start together would be in each other's way.
     *
     * @param engine a class of the engine
     */
    public static synchronized void keepLibrary(Class<?> engine) {
        if (loaded || System.getProperty(BOOT_PATH) != null) {
            return;
        }
        loaded = true;
        try {
            var jna = jna(engine).orElseThrow();
            var platform = Class.forName("com.sun.jna.Platform", true, jna.getClassLoader());
            var prefix = (String) platform.getField("RESOURCE_PREFIX").get(null);
            var directory = unpack(jna, "/com/sun/jna/" + prefix + "/libjnidispatch.so");
            System.setProperty(BOOT_PATH, directory.toString());
            try {
                Class.forName(JNA, true, jna.getClassLoader());
            } finally {
                System.clearProperty(BOOT_PATH); // it is not for other copies of JNA
            }
        } catch (ReflectiveOperationException | IOException e) {
            System.getLogger("dev.checkpointer").log(System.Logger.Level.DEBUG, "JNA unpacks its library itself", e);
        }
    }

    private static Path cache() throws IOException {
        var base = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(directory -> directory.startsWith("/"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"));
        if (!base.isAbsolute()) {
            throw new IOException("this user has no home");
        }
        return base.resolve("checkpointer");
    }

    /** Returns a directory that is named after the content, so that several versions of JNA get on with each other. */
    private static Path unpack(Class<?> jna, String resource) throws IOException {
        try (var library = jna.getResourceAsStream(resource)) {
            if (library == null) {
                throw new IOException("JNA has no " + resource);
            }
            var content = library.readAllBytes();
            var sum = new CRC32();
            sum.update(content);
            var directory = cache().resolve("jna-" + Long.toHexString(sum.getValue()));
            var file = directory.resolve("libjnidispatch.so");
            if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                var draft = Files.createTempFile(directory, "unpack", null);
                Files.write(draft, content);
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return directory;
        }
    }
}
