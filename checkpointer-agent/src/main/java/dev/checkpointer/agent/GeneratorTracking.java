package dev.checkpointer.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.security.ProtectionDomain;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Has the constructors of the JDK's random generators tell of what they make, so that it can get a new seed when the program is
 * restored. Generators that are made with a seed of the program's are left alone: they are meant to repeat.
 */
final class GeneratorTracking implements ClassFileTransformer {
    private static final List<Class<?>> TYPES = List.of(Random.class, SecureRandom.class, SplittableRandom.class);

    private Throwable failure;

    private GeneratorTracking() {}

    /**
     * Changes the classes.
     *
     * @param instrumentation the JVM's; java.util has to be open to the agent
     * @param listener hears of each generator
     * @throws ReflectiveOperationException when the classes cannot be changed
     */
    static void install(Instrumentation instrumentation, Consumer<Object> listener)
            throws ReflectiveOperationException {
        var tracking = new GeneratorTracking();
        try {
            var teller = MethodHandles.privateLookupIn(Random.class, MethodHandles.lookup())
                    .defineClass(GeneratorRewriter.teller());
            teller.getField(GeneratorRewriter.LISTENER).set(null, listener);
            instrumentation.addTransformer(tracking, true);
            instrumentation.retransformClasses(TYPES.toArray(Class[]::new));
        } catch (UnmodifiableClassException | LinkageError e) {
            throw new ReflectiveOperationException(e);
        } finally {
            instrumentation.removeTransformer(tracking);
        }
        if (tracking.failure != null) {
            throw new ReflectiveOperationException(tracking.failure);
        }
    }

    @Override
    public byte[] transform(ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
        if (!TYPES.contains(type)) {
            return null;
        }
        try {
            return GeneratorRewriter.rewrite(bytes);
        } catch (RuntimeException | LinkageError e) {
            failure = e; // the JVM would pass over it
            return null;
        }
    }
}
