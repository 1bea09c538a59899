package dev.checkpointer.agent;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.engine.EngineException;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;

/**
 * Has the constructors of what holds a descriptor tell of it, so that a rule can close it, and a
 * refusal can tell where it was opened.
 */
final class DescriptorTracking {
    private static final Teller TELLER = new Teller("java/util/CheckpointerDescriptors");

    private static final Set<String> PACKAGES = Set.of("java.io", "java.net", "java.util", "sun.nio.ch");

    /** Some are not there in every JDK. */
    private static final List<String> TYPES = List.of(
            "java.io.FileInputStream",
            "java.io.FileOutputStream",
            "java.io.RandomAccessFile",
            "java.net.ServerSocket",
            "java.net.Socket",
            "sun.nio.ch.DatagramChannelImpl",
            "sun.nio.ch.EPollPort",
            "sun.nio.ch.EPollSelectorImpl",
            "sun.nio.ch.FileChannelImpl",
            "sun.nio.ch.ServerSocketChannelImpl",
            "sun.nio.ch.SimpleAsynchronousFileChannelImpl",
            "sun.nio.ch.SinkChannelImpl",
            "sun.nio.ch.SocketChannelImpl",
            "sun.nio.ch.SourceChannelImpl",
            "sun.nio.ch.UnixAsynchronousServerSocketChannelImpl",
            "sun.nio.ch.UnixAsynchronousSocketChannelImpl");

    private DescriptorTracking() {}

    /** A program whose descriptors cannot be tracked goes on without that, and standard error says so. */
    static void begin(Instrumentation instrumentation) {
        try {
            Checkpointer.requirePolicies();
        } catch (EngineException e) {
            tell(e.getMessage(), "No checkpoint will be made until that is corrected");
        }
        try {
            var checkpointer = Checkpointer.class.getModule();
            var modules = new HashSet<>(List.of(checkpointer, DescriptorTracking.class.getModule()));
            OpenJdk.to(modules, PACKAGES, instrumentation);
            new Tracking(
                            TELLER,
                            types(),
                            (owner, name, type, method) ->
                                    name.equals("<init>") ? TELLER.telling(method, Opcodes.RETURN) : method)
                    .install(instrumentation, Checkpointer.opens());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            tell(
                    "descriptors cannot be tracked: " + e,
                    "No rule can close any, and no refusal tell where they were opened");
        }
    }

    private static void tell(String error, String consequence) {
        System.err.println("checkpointer agent: " + error);
        System.err.println("  " + consequence);
    }

    private static List<Class<?>> types() {
        var found = new ArrayList<Class<?>>();
        for (var name : TYPES) {
            try {
                found.add(Class.forName(name, false, null));
            } catch (ClassNotFoundException e) {
                continue; // a JDK that does it in another way
            }
        }
        return found;
    }
}
