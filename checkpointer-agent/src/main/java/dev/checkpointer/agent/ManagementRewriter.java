package dev.checkpointer.agent;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.CheckpointerMXBean;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The byte code of {@link CracManagement}'s two classes. Apart from it, so that ASM is loaded when there is one of them. */
final class ManagementRewriter {
    /** Both interfaces have them. */
    private static final Set<String> TIMES = Set.of("getUptimeSinceRestore", "getRestoreTime");

    private static final String TIME = "()J";

    private ManagementRewriter() {}

    static byte[] rewrite(byte[] bytes) {
        var reader = new ClassReader(bytes);
        var writer = new ClassWriter(reader, 0);
        reader.accept(reader.getClassName().equals(CracManagement.FACTORY) ? factory(writer) : fallback(writer), 0);
        return writer.toByteArray();
    }

    /** The platform has no such bean, instead of: whoever asks for one of this kind makes a mistake. */
    private static ClassVisitor factory(ClassVisitor next) {
        return new ClassVisitor(Opcodes.ASM9, next) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String type, String generic, String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, type, generic, exceptions)) {
                    @Override
                    public void visitMethodInsn(
                            int code, String owner, String called, String callType, boolean ofInterface) {
                        if (called.equals("getPlatformMXBean")) {
                            super.visitInsn(Opcodes.POP);
                            super.visitInsn(Opcodes.ACONST_NULL);
                        } else {
                            super.visitMethodInsn(code, owner, called, callType, ofInterface);
                        }
                    }
                };
            }
        };
    }

    private static ClassVisitor fallback(ClassVisitor next) {
        return new ClassVisitor(Opcodes.ASM9, next) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String type, String generic, String[] exceptions) {
                var method = super.visitMethod(access, name, type, generic, exceptions);
                if (!TIMES.contains(name) || !type.equals(TIME)) {
                    return method;
                }
                ask(method, name);
                return null; // the old code is passed over
            }
        };
    }

    private static void ask(MethodVisitor method, String name) {
        var bean = Type.getType(CheckpointerMXBean.class);
        method.visitCode();
        method.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                Type.getInternalName(Checkpointer.class),
                "management",
                Type.getMethodDescriptor(bean),
                false);
        method.visitMethodInsn(Opcodes.INVOKEINTERFACE, bean.getInternalName(), name, TIME, true);
        method.visitInsn(Opcodes.LRETURN);
        method.visitMaxs(2, 1);
        method.visitEnd();
    }
}
