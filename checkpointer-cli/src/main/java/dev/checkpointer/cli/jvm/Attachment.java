package dev.checkpointer.cli.jvm;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
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
        removeDead(pid);
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

    /**
     * The JVM's socket for tools, where nobody listens on it any more: so it is in a program that was dumped after a tool had
     * come to it, and restored. Without the file the JVM makes a new one.
     */
    private static void removeDead(long pid) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        var inner = ProcessStatus.read(process).innerPid();
        var socket = process.resolve("root/tmp/.java_pid" + inner);
        if (Files.exists(socket)) {
            try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                channel.shutdownOutput(); // somebody listens
            } catch (ConnectException e) {
                Files.deleteIfExists(socket);
            }
        }
    }
}
