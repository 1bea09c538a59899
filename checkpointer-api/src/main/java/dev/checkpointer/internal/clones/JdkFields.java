package dev.checkpointer.internal.clones;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/**
 * Private fields of the JDK's classes. They can be reached where java.base is open to this module, as the agent or
 * {@code --add-opens} makes it, and with {@code sun.misc.Unsafe}, which prints a warning from JDK 24 on and is left alone there.
 */
abstract class JdkFields {
    private static final int FIRST_WITH_WARNING = 24;

    /** The packages that are needed. */
    static final List<String> PACKAGES = List.of("java.lang", "java.util", "java.util.concurrent", "java.net");

    /** Reads a reference. The target is ignored for a static field. */
    abstract Object get(Field field, Object target) throws ReflectiveOperationException;

    /** Writes a long of an object. */
    abstract void setLong(Field field, Object target, long value) throws ReflectiveOperationException;

    /** The best way here; empty when there is none. */
    static Optional<JdkFields> find() {
        var base = Object.class.getModule();
        var here = JdkFields.class.getModule();
        if (PACKAGES.stream().allMatch(name -> base.isOpen(name, here))) {
            return Optional.of(new Opened());
        }
        if (Runtime.version().feature() >= FIRST_WITH_WARNING) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ByUnsafe());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return Optional.empty(); // a runtime without the module jdk.unsupported
        }
    }

    private static final class Opened extends JdkFields {
        @Override
        Object get(Field field, Object target) throws ReflectiveOperationException {
            field.setAccessible(true);
            return field.get(target);
        }

        @Override
        void setLong(Field field, Object target, long value) throws ReflectiveOperationException {
            field.setAccessible(true);
            field.setLong(target, value);
        }
    }

    /** Through reflection, since the class is not for compilers. */
    private static final class ByUnsafe extends JdkFields {
        private final Object unsafe;
        private final Method staticBase;
        private final Method staticOffset;
        private final Method objectOffset;
        private final Method getObject;
        private final Method putLong;

        ByUnsafe() throws ReflectiveOperationException {
            var type = Class.forName("sun.misc.Unsafe");
            var instance = type.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            unsafe = instance.get(null);
            staticBase = type.getMethod("staticFieldBase", Field.class);
            staticOffset = type.getMethod("staticFieldOffset", Field.class);
            objectOffset = type.getMethod("objectFieldOffset", Field.class);
            getObject = type.getMethod("getObject", Object.class, long.class);
            putLong = type.getMethod("putLong", Object.class, long.class, long.class);
        }

        @Override
        Object get(Field field, Object target) throws ReflectiveOperationException {
            return getObject.invoke(unsafe, staticBase.invoke(unsafe, field), staticOffset.invoke(unsafe, field));
        }

        @Override
        void setLong(Field field, Object target, long value) throws ReflectiveOperationException {
            putLong.invoke(unsafe, target, objectOffset.invoke(unsafe, field), value);
        }
    }
}
