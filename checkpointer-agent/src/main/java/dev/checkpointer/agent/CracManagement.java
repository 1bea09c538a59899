package dev.checkpointer.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.crac.management.Presence;

/**
 * Lets {@code org.crac.management.CRaCMXBean} tell when this program was restored. {@code org.crac} asks the management
 * beans of a JDK with CRaC, among which nobody can put one, and where there is none answers -1 by a class of its own. So it
 * is made to find none, and that class to ask checkpointer. Spring looks for the interface of such a JDK before it asks
 * {@code org.crac}, and finds one from then on.
 */
final class CracManagement implements ClassFileTransformer {
    static final String FACTORY = "org/crac/management/CRaCMXBean";
    static final String FALLBACK = "org/crac/management/NoImpl";

    private static final String PACKAGE = "org.crac.management.";

    private final Instrumentation instrumentation;

    private CracManagement(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /**
     * Changes the classes that are loaded already, and those that come. Where that is not possible all stays as it is.
     * Called before the program begins, or when it runs.
     *
     * @param loader that of the running program, or null before it
     */
    static void install(Instrumentation instrumentation, ClassLoader loader) {
        if (isOfTheJdk()) {
            return;
        }
        try {
            instrumentation.addTransformer(new CracManagement(instrumentation), true);
            if (loader != null) {
                awaitLoading(loader);
            }
            for (Class<?> type : instrumentation.getAllLoadedClasses()) {
                if (type.getName().startsWith(PACKAGE)
                        && concerns(type.getName().replace('.', '/'))) {
                    instrumentation.retransformClasses(type);
                }
            }
            Presence.begin();
        } catch (UnmodifiableClassException | ReflectiveOperationException | RuntimeException | LinkageError e) {
            log(e);
        }
    }

    /** The program may just be loading a class, which is neither transformed any more nor among the loaded ones yet. */
    private static void awaitLoading(ClassLoader loader) {
        for (var name : List.of(FACTORY, FALLBACK)) {
            try {
                Class.forName(name.replace('/', '.'), false, loader);
            } catch (ClassNotFoundException e) {
                return; // a program without org.crac
            }
        }
    }

    private static boolean isOfTheJdk() {
        try {
            ClassLoader.getPlatformClassLoader().loadClass(Presence.INTERFACE);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean concerns(String name) {
        return FACTORY.equals(name) || FALLBACK.equals(name);
    }

    @Override
    public byte[] transform(
            Module module, ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
        if (!concerns(name)) {
            return null;
        }
        try {
            return FACTORY.equals(name) || findsCheckpointer(module, loader) ? ManagementRewriter.rewrite(bytes) : null;
        } catch (RuntimeException | LinkageError e) {
            log(e);
            return null;
        }
    }

    /** Where org.crac is, checkpointer may be missing, older, or in a module of which that of org.crac has not heard. */
    private boolean findsCheckpointer(Module module, ClassLoader loader) {
        try {
            var checkpointer = Class.forName("dev.checkpointer.Checkpointer", false, loader);
            checkpointer.getMethod("management");
            var reads = Set.of(checkpointer.getModule());
            instrumentation.redefineModule(module, reads, Map.of(), Map.of(), Set.of(), Map.of());
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private static void log(Throwable e) {
        System.getLogger(CracManagement.class.getName())
                .log(System.Logger.Level.DEBUG, "org.crac's management bean stays as it is", e);
    }
}
