package dev.checkpointer.internal.jvm;

import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineSelection;
import dev.checkpointer.internal.simulate.SimulateEngine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the engines with {@link ServiceLoader}; a provider that cannot be loaded is named and passed over. */
public final class EngineLoader {
    /** A broken services file can make the iterator fail again and again. */
    private static final int MOST_FAILURES = 100;

    private final List<CheckpointEngine> engines = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    private EngineLoader() {}

    /**
     * Looks for engines now.
     *
     * @return the choice among those found
     */
    public static EngineSelection selection() {
        var loader = new EngineLoader();
        loader.engines.add(new SimulateEngine());
        var own = CheckpointEngine.class.getClassLoader();
        loader.walk(own);
        var context = Thread.currentThread().getContextClassLoader();
        if (context != null && context != own) {
            loader.walk(context);
        }
        return new EngineSelection(loader.engines, loader.broken);
    }

    private void walk(ClassLoader classLoader) {
        var found = new HashSet<Class<?>>();
        engines.forEach(engine -> found.add(engine.getClass()));
        var iterator = ServiceLoader.load(CheckpointEngine.class, classLoader).iterator();
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                if (!iterator.hasNext()) {
                    return;
                }
                var engine = iterator.next();
                if (found.add(engine.getClass())) {
                    engines.add(engine);
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                var cause = e.getCause() == null ? "" : ": " + e.getCause();
                var what = e instanceof ServiceConfigurationError ? e.getMessage() : e.toString();
                var line = "a provider cannot be loaded: " + what + cause;
                if (!broken.contains(line)) {
                    broken.add(line);
                }
            }
        }
    }
}
