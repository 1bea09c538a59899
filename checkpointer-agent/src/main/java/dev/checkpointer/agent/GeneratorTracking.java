package dev.checkpointer.agent;

import java.lang.instrument.Instrumentation;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Has the constructors of the JDK's random generators tell of what they make, so that it can get a new seed when the program is
 * restored. Generators that are made with a seed of the program's are left alone: they are meant to repeat.
 */
final class GeneratorTracking {
    private static final Teller TELLER = new Teller("java/util/CheckpointerGenerators");
    private static final List<Class<?>> TYPES = List.of(Random.class, SecureRandom.class, SplittableRandom.class);
    private static final String SECURE = Type.getInternalName(SecureRandom.class);

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
        new Tracking(TELLER, TYPES, new Choice()).install(instrumentation, listener);
    }

    /** No lambda, since it delays the agent. */
    private static final class Choice implements Tracking.Choice {
        @Override
        public MethodVisitor visit(String owner, String name, String type, MethodVisitor method) {
            if (name.equals("<init>") && (owner.equals(SECURE) || type.equals("()V"))) {
                return TELLER.telling(method, Opcodes.RETURN);
            }
            return name.equals("split") ? TELLER.telling(method, Opcodes.ARETURN) : method;
        }
    }
}
