package dev.checkpointer.cli.jvm;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Path;

/** Loads an agent into a running JVM, by the JDK's module {@code jdk.attach}, which not every Java has. */
public final class Attachment {
    private Attachment() {}

    /**
     * Loads it, and waits until its {@code agentmain} is through.
     *
     * @param pid the JVM
     * @param jar the agent, as the JVM sees it
     * @throws IOException when the JVM refuses
     * @throws NoClassDefFoundError when this Java has no {@code jdk.attach}
     */
    public static void load(long pid, Path jar) throws IOException {
        AttachSocket.removeDead(pid);
        try {
            var machine = VirtualMachine.attach(Long.toString(pid));
            try {
                machine.loadAgent(jar.toString());
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
