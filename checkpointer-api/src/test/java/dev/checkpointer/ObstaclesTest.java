package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** What the facade says of a process before anything is dumped. */
class ObstaclesTest {
    @Test
    void aConnectionIsAnObstacleUnlessItMayBeClosed() throws Exception {
        var self = CheckpointRequest.builder().pid(ProcessHandle.current().pid());
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            var remote = "127.0.0.1:" + client.getPort();
            assertTrue(
                    Checkpointer.obstacles(self.tcp(TcpMode.REFUSE).build()).stream()
                            .anyMatch(e -> e.kind() == FailureKind.TCP_CONNECTION
                                    && e.getMessage().contains(remote)),
                    remote);
            assertTrue(Checkpointer.obstacles(self.tcp(TcpMode.CLOSE).build()).stream()
                    .noneMatch(e -> e.kind() == FailureKind.TCP_CONNECTION));
        }
    }

    @Test
    void aProcessThatDoesNotExistIsAnError() {
        var request = CheckpointRequest.builder().pid(Integer.MAX_VALUE).build();
        var e = assertThrows(EngineException.class, () -> Checkpointer.obstacles(request));
        assertEquals(FailureKind.NO_SUCH_PROCESS, e.kind());
    }
}
