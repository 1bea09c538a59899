package dev.checkpointer.internal.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The socket {@code /tmp/.java_pidPID} of a JVM to which a tool such as jcmd has attached. CRIU brings it back in a form
 * that tools refuse, under the name with {@code .tmp} with which the JVM made it. Without the file the JVM makes a new one for the
 * next tool.
 */
final class AttachSocket {
    private AttachSocket() {}

    static void forget(long pid) {
        try {
            Files.deleteIfExists(Path.of("/tmp/.java_pid" + pid));
            Files.deleteIfExists(Path.of("/tmp/.java_pid" + pid + ".tmp"));
        } catch (IOException e) {
            System.getLogger(AttachSocket.class.getName())
                    .log(System.Logger.Level.WARNING, "tools such as jcmd cannot attach to the restored program", e);
        }
    }
}
