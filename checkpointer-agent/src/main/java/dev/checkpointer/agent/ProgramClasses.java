package dev.checkpointer.agent;

import java.lang.instrument.Instrumentation;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which classes of checkpointer the program uses. The agent's jar comes last on the class path, so that a program that has
 * them there keeps its own and one that has none gets the agent's. A program with class loaders of its own (a jar of jars)
 * may have loaded them already when the agent comes; the agent then has to work with those.
 */
final class ProgramClasses {
    /** What knows the resources. It is loaded when the program uses org.crac. */
    private static final String COORDINATOR = "dev.checkpointer.internal.jvm.Coordinator";

    private static final String CORE = "org.crac.Core";

    private final Instrumentation instrumentation;
    private final Class<?>[] loaded;
    private final ClassLoader own = Agent.class.getClassLoader();

    ProgramClasses(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
        loaded = instrumentation.getAllLoadedClasses();
    }

    /** A loader whose {@code Control} uses the program's coordinator. */
    ClassLoader loader() {
        var coordinator = find(COORDINATOR).filter(type -> type.getClassLoader() != own);
        if (coordinator.isEmpty()) {
            return own;
        }
        var program = coordinator.get().getClassLoader();
        if (asks(program, own)) {
            ProgramLoader.complete(coordinator.get(), instrumentation);
        }
        return new AgentLoader(program);
    }

    private static boolean asks(ClassLoader loader, ClassLoader parent) {
        return loader != null && (loader == parent || asks(loader.getParent(), parent));
    }

    /**
     * False when the program used {@code org.crac} before it could find an implementation: it has then forgotten its
     * resources.
     */
    boolean resourcesAreKnown() {
        var core = find(CORE);
        if (core.isEmpty()) {
            return true;
        }
        try {
            var implementation = core.get().getDeclaredField("compat");
            implementation.setAccessible(true);
            return implementation.get(null) != null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return true; // another version of org.crac, or a module that does not open itself
        }
    }

    private Optional<Class<?>> find(String name) {
        return Arrays.stream(loaded).filter(type -> type.getName().equals(name)).findFirst();
    }

    /** Takes the agent's own package from the agent's jar and everything else from the program. */
    private static final class AgentLoader extends URLClassLoader {
        private static final String PACKAGE = Agent.class.getPackageName() + ".";

        AgentLoader(ClassLoader program) {
            super(new URL[] {Agent.class.getProtectionDomain().getCodeSource().getLocation()}, program);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                var known = findLoadedClass(name);
                return known != null ? known : findClass(name);
            }
        }
    }
}
