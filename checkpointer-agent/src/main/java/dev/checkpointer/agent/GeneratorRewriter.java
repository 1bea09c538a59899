package dev.checkpointer.agent;

import java.util.function.Consumer;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The byte code of {@link GeneratorTracking}: a class of java.util that tells of generators, and calls of it. */
final class GeneratorRewriter {
    static final String LISTENER = "listener";

    private static final String TELLER = "java/util/CheckpointerGenerators";
    private static final String TELL = "tell";
    private static final String CONSUMER = Type.getDescriptor(Consumer.class);
    private static final String OBJECT_TO_NOTHING = "(Ljava/lang/Object;)V";
    private static final String SECURE = "java/security/SecureRandom";

    private GeneratorRewriter() {}

    /** A class with a public static field for the listener and a method that calls it. */
    static byte[] teller() {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC;
        writer.visit(Opcodes.V17, access, TELLER, null, "java/lang/Object", null);
        int field = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE;
        writer.visitField(field, LISTENER, CONSUMER, null, null).visitEnd();
        var method = writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, TELL, OBJECT_TO_NOTHING, null, null);
        method.visitCode();
        method.visitFieldInsn(Opcodes.GETSTATIC, TELLER, LISTENER, CONSUMER);
        method.visitVarInsn(Opcodes.ALOAD, 0);
        var accept = Type.getInternalName(Consumer.class);
        method.visitMethodInsn(Opcodes.INVOKEINTERFACE, accept, "accept", OBJECT_TO_NOTHING, true);
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    static byte[] rewrite(byte[] bytes) {
        var reader = new ClassReader(bytes);
        var writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        boolean secure = reader.getClassName().equals(SECURE);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String type, String generic, String[] exceptions) {
                        var method = super.visitMethod(access, name, type, generic, exceptions);
                        if (name.equals("<init>") && (secure || type.equals("()V"))) {
                            return telling(method, Opcodes.RETURN);
                        }
                        return name.equals("split") ? telling(method, Opcodes.ARETURN) : method;
                    }
                },
                0);
        return writer.toByteArray();
    }

    /** Tells of the new object, or of what is returned, before the method returns. */
    private static MethodVisitor telling(MethodVisitor next, int code) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitInsn(int opcode) {
                if (opcode == code) {
                    if (code == Opcodes.RETURN) {
                        super.visitVarInsn(Opcodes.ALOAD, 0);
                    } else {
                        super.visitInsn(Opcodes.DUP);
                    }
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, TELLER, TELL, OBJECT_TO_NOTHING, false);
                }
                super.visitInsn(opcode);
            }
        };
    }
}
