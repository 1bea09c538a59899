package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The datagram to systemd, taken by a receiver that is not ours. */
class StartNotificationTest {
    private static final String RECEIVER = """
            import socket, sys
            name = sys.argv[1]
            receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            receiver.settimeout(30)
            receiver.bind("\\0" + name[1:] if name.startswith("@") else name)
            print("bound", flush=True)
            print(receiver.recv(100).decode())
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "@"})
    void arrives(String kind) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is missing");
        var name = kind + directory.resolve("notify");
        var receiver = new ProcessBuilder(List.of("/usr/bin/python3", "-c", RECEIVER, name))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = receiver.inputReader()) {
            assertEquals("bound", output.readLine());
            assertTrue(StartNotification.send(name));
            assertEquals("READY=1", output.readLine());
            assertTrue(receiver.waitFor(30, TimeUnit.SECONDS));
        } finally {
            receiver.destroyForcibly();
        }
    }

    @Test
    void nobodyHearsIt() {
        assertFalse(StartNotification.send(directory.resolve("missing").toString()));
        assertFalse(StartNotification.send("/" + "x".repeat(200)));
    }
}
