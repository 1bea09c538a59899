package dev.checkpointer.cli.jvm;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The socket {@code /tmp/.java_pidPID} on which a JVM listens for tools. Links to nothing that a Java may lack. */
public final class AttachSocket {
    private AttachSocket() {}

    /**
     * Whether the JVM would take notice of a tool. One without a socket for tools is asked for it by SIGQUIT, which ends a JVM
     * that is only beginning to start. With {@code -Xrs} it never catches that signal, but has the socket from the start.
     *
     * @param pid the JVM
     * @return false when an attempt would end it
     * @throws IOException when it has ended
     */
    public static boolean usable(long pid) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        return ProcessStatus.read(process).catchesQuit() || listens(socket(process));
    }

    private static Path socket(Path process) throws IOException {
        return process.resolve(
                "root/tmp/.java_pid" + ProcessStatus.read(process).innerPid());
    }

    private static boolean listens(Path socket) throws IOException {
        if (!Files.exists(socket)) {
            return false;
        }
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    /**
     * In a program that was dumped after a tool had come to it, and restored, nobody listens on the socket for tools any more.
     * Without the file the JVM makes a new one.
     */
    static void removeDead(long pid) throws IOException {
        var socket = socket(Path.of("/proc", Long.toString(pid)));
        if (!listens(socket)) {
            Files.deleteIfExists(socket);
        }
    }
}
