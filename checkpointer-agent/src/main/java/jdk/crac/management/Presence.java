package jdk.crac.management;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;

/**
 * Defines the empty interface {@code jdk.crac.management.CRaCMXBean}. It is not in the jar, since {@code org.crac} fails
 * where it is and the agent has not changed {@code org.crac}.
 */
public final class Presence {
    /** The interface's name. */
    public static final String INTERFACE = "jdk.crac.management.CRaCMXBean";

    private static final int MAGIC = 0xCAFEBABE;
    private static final int JAVA_17 = 61;
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int PUBLIC_INTERFACE = 0x0601;

    private Presence() {}

    /**
     * Defines the interface.
     *
     * @throws IllegalAccessException never: this class may define others beside it
     */
    public static void begin() throws IllegalAccessException {
        MethodHandles.lookup().defineClass(bytes());
    }

    /** A class file (Java Virtual Machine Specification, chapter 4) without fields, methods and attributes. */
    private static byte[] bytes() {
        var bytes = new ByteArrayOutputStream();
        try (var file = new DataOutputStream(bytes)) {
            file.writeInt(MAGIC);
            file.writeInt(JAVA_17);
            file.writeShort(5); // constants, counted from 1
            constant(file, INTERFACE.replace('.', '/'), 1);
            constant(file, "java/lang/Object", 3);
            file.writeShort(PUBLIC_INTERFACE);
            file.writeShort(2); // this class
            file.writeShort(4); // its superclass
            file.writeLong(0); // no interfaces, fields, methods, attributes
        } catch (IOException e) {
            throw new IllegalStateException(e); // there is no device to fail
        }
        return bytes.toByteArray();
    }

    private static void constant(DataOutputStream file, String name, int index) throws IOException {
        file.writeByte(UTF8);
        file.writeUTF(name);
        file.writeByte(CLASS);
        file.writeShort(index);
    }
}
