package dev.checkpointer.agent;

import java.util.function.Consumer;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A class of java.util that passes objects on to a listener, which the classes of the JDK that make them can see.
 *
 * @param name its internal name
 */
record Teller(String name) {
    static final String LISTENER = "listener";

    private static final String TELL = "tell";
    private static final String CONSUMER = Type.getDescriptor(Consumer.class);
    private static final String OBJECT_TO_NOTHING = "(Ljava/lang/Object;)V";

    /** The class, with a public static field for the listener and a method that calls it. */
    byte[] type() {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC;
        writer.visit(Opcodes.V17, access, name, null, "java/lang/Object", null);
        int field = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE;
        writer.visitField(field, LISTENER, CONSUMER, null, null).visitEnd();
        var method = writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, TELL, OBJECT_TO_NOTHING, null, null);
        method.visitCode();
        method.visitFieldInsn(Opcodes.GETSTATIC, name, LISTENER, CONSUMER);
        method.visitVarInsn(Opcodes.ALOAD, 0);
        var accept = Type.getInternalName(Consumer.class);
        method.visitMethodInsn(Opcodes.INVOKEINTERFACE, accept, "accept", OBJECT_TO_NOTHING, true);
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** Tells of the new object, or of what is returned, before the method returns. */
    MethodVisitor telling(MethodVisitor next, int code) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitInsn(int opcode) {
                if (opcode == code) {
                    if (code == Opcodes.RETURN) {
                        super.visitVarInsn(Opcodes.ALOAD, 0);
                    } else {
                        super.visitInsn(Opcodes.DUP);
                    }
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, name, TELL, OBJECT_TO_NOTHING, false);
                }
                super.visitInsn(opcode);
            }
        };
    }
}
