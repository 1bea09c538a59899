package dev.checkpointer.agent;

import dev.checkpointer.RestoreContext;
import java.lang.reflect.Field;
import java.util.Map;
import javax.crac.Context;
import javax.crac.Resource;

/**
 * Shows the environment variables of a restore in {@link System#getenv()}. The JDK keeps the environment in a map behind an
 * unmodifiable one; java.lang and java.util have to be open. A process that the program starts has the variables when the
 * program has asked for {@link ProcessBuilder#environment()}; otherwise it inherits those of the program that was dumped.
 */
final class Environment implements Resource {
    private final Field environment;
    private final Field inner;

    Environment() throws ReflectiveOperationException {
        environment = Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theUnmodifiableEnvironment");
        environment.setAccessible(true);
        inner = Class.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m");
        inner.setAccessible(true);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {}

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
        var restore = RestoreContext.current();
        if (restore.isPresent() && !restore.get().environment().isEmpty()) {
            variables().putAll(restore.get().environment());
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, String> variables() throws ReflectiveOperationException {
        return (Map<String, String>) inner.get(environment.get(null));
    }
}
