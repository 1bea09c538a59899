package dev.checkpointer.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Has methods of the JDK's classes tell a listener of objects. */
final class Tracking implements ClassFileTransformer {
    /** Chooses the methods. */
    @FunctionalInterface
    interface Choice {
        /** What visits the method of a class: the visitor that it is given, or one in front of that. */
        MethodVisitor visit(String owner, String name, String type, MethodVisitor method);
    }

    private final Teller teller;
    private final List<Class<?>> types;
    private final Choice choice;
    private Throwable failure;

    Tracking(Teller teller, List<Class<?>> types, Choice choice) {
        this.teller = teller;
        this.types = types;
        this.choice = choice;
    }

    /**
     * Changes the classes. Done once for each teller.
     *
     * @param instrumentation the JVM's; java.util has to be open to the agent
     * @param listener hears of each object
     * @throws ReflectiveOperationException when the classes cannot be changed
     */
    void install(Instrumentation instrumentation, Consumer<Object> listener) throws ReflectiveOperationException {
        try {
            var type = MethodHandles.privateLookupIn(Random.class, MethodHandles.lookup())
                    .defineClass(teller.type());
            type.getField(Teller.LISTENER).set(null, listener);
            instrumentation.addTransformer(this, true);
            instrumentation.retransformClasses(types.toArray(Class[]::new));
        } catch (UnmodifiableClassException | LinkageError e) {
            throw new ReflectiveOperationException(e);
        } finally {
            instrumentation.removeTransformer(this);
        }
        if (failure != null) {
            throw new ReflectiveOperationException(failure);
        }
    }

    @Override
    public byte[] transform(ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
        if (!types.contains(type)) {
            return null;
        }
        try {
            return rewrite(bytes);
        } catch (RuntimeException | LinkageError e) {
            failure = e; // the JVM would pass over it
            return null;
        }
    }

    private byte[] rewrite(byte[] bytes) {
        var reader = new ClassReader(bytes);
        var writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String type, String generic, String[] exceptions) {
                        var method = super.visitMethod(access, name, type, generic, exceptions);
                        return choice.visit(reader.getClassName(), name, type, method);
                    }
                },
                0);
        return writer.toByteArray();
    }
}
