package dev.checkpointer.internal.trigger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HttpTriggerTest {
    /** Each is the answer to one request. Returns the first lines of the requests. */
    private static List<String> ask(String... answers) throws Exception {
        var requests = new ArrayList<String>();
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var thread = new Thread(() -> serve(server, answers, requests));
            thread.start();
            assertTrue(new HttpTrigger(URI.create("http://127.0.0.1:" + server.getLocalPort() + "?a=b")).await());
            thread.join();
        }
        return requests;
    }

    /** Leaves it to the client to close the connection after the last answer. */
    private static void serve(ServerSocket server, String[] answers, List<String> requests) {
        for (int i = 0; i < answers.length; i++) {
            try (var socket = server.accept()) {
                var bytes = new byte[1000];
                int length = socket.getInputStream().read(bytes);
                requests.add(new String(bytes, 0, length, StandardCharsets.US_ASCII)
                        .lines()
                        .findFirst()
                        .orElseThrow());
                socket.getOutputStream().write(answers[i].getBytes(StandardCharsets.US_ASCII));
                if (i == answers.length - 1) {
                    assertEquals(-1, socket.getInputStream().read());
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    @Timeout(60)
    void asksUntilTheStatusIs200() throws Exception {
        var requests = ask(
                "",
                "junk\r\n",
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno",
                "HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup");
        assertEquals(6, requests.size(), requests::toString);
        assertEquals("GET /?a=b HTTP/1.1", requests.get(5));
    }
}
