package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the daemon answers, with programs that are not dumped. */
class DaemonTest {
    private static final int TIMEOUT_MILLIS = 30_000;

    @TempDir
    Path directory;

    private Path socket;
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        socket = directory.resolve("d.sock");
        daemon = new Daemon(options("state", "d.sock"));
    }

    private DaemonOptions options(String state, String name) {
        return new DaemonOptions(
                directory.resolve(state),
                directory.resolve(name),
                Path.of("/nowhere/checkpointer"),
                OptionalInt.of(0),
                Optional.of(directory.resolve("token")),
                1L << 20);
    }

    @AfterEach
    void end() {
        daemon.close();
    }

    /** Status and body of an answer through the Unix socket. */
    private String ask(String method, String path, String body) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var request = ByteBuffer.wrap(request(method, path, "Host: localhost\r\n", body));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            return answer(Channels.newInputStream(channel).readAllBytes());
        }
    }

    private String askTcp(String headers) throws IOException {
        try (var tcp = new Socket(InetAddress.getLoopbackAddress(), daemon.port())) {
            tcp.setSoTimeout(TIMEOUT_MILLIS);
            tcp.getOutputStream().write(request("GET", "/v1/health", headers, ""));
            return answer(tcp.getInputStream().readAllBytes());
        }
    }

    private String logs() {
        try {
            return ask("GET", "/v1/services/deaf/logs", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] request(String method, String path, String headers, String body) {
        return (method + " " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String answer(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        return text.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length())
                + text.substring(text.indexOf("\r\n\r\n") + 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            GET    | /v1/health           | ``                    | 200 | "status" : "ok"
            GET    | /v1/services         | ``                    | 200 | "services" : [ ]
            GET    | /v1/services/none    | ``                    | 404 | there is no service 'none'
            GET    | /v1/images/none      | ``                    | 404 | there is no image 'none'
            GET    | /v2                  | ``                    | 404 | there is nothing at /v2
            PUT    | /v1/services         | ``                    | 405 | GET and POST
            POST   | /v1/services         | ``                    | 400 | "command\\" is missing
            POST   | /v1/services         | {                     | 400 | the body is no JSON object
            POST   | /v1/services         | []                    | 400 | the body is no JSON object
            POST   | /v1/services         | null                  | 400 | the body is no JSON object
            POST   | /v1/services         | {"a": 1, "a": 2}      | 400 | the body is no JSON object
            POST   | /v1/services         | {"command": ["/no"]}  | 500 | cannot be started
            POST   | /v1/images/none/restore | {"count": 0}       | 400 | "count\\" is a number from 1 to 1000
            POST   | /v1/images/import    | garbage               | 400 | archive
            GET    | /metrics             | ``                    | 200 | checkpointer_images 0
            """)
    void requestsAreAnswered(String method, String path, String body, String status, String part) throws Exception {
        var answer = ask(method, path, body);
        assertTrue(answer.startsWith(status), answer);
        assertTrue(answer.contains(part), answer);
        assertTrue(ask("GET", "/v1/services", "").contains("\"services\" : [ ]"), "nothing is left of it");
    }

    @Test
    void largeBodyIsRefused() throws Exception {
        var answer = ask("POST", "/v1/services", "{\"name\": \"" + "x".repeat(1 << 20) + "\"}");
        assertTrue(answer.startsWith("413"), answer);
    }

    @Test
    void serviceLives() throws Exception {
        var created = ask("POST", "/v1/services", "{\"command\": [\"sleep\", \"1000\"], \"name\": \"nap\"}");
        assertTrue(created.startsWith("201"), created);
        assertTrue(ask("POST", "/v1/services/nap/stop", "{}").contains("\"state\" : \"stopped\""));
        assertTrue(ask("POST", "/v1/services/nap/start", "").contains("\"state\" : \"running\""));
        assertTrue(ask("DELETE", "/v1/services/nap", "").startsWith("409"));
        assertTrue(ask("DELETE", "/v1/services/nap?force", "").startsWith("200"));
        assertTrue(ask("GET", "/v1/services/nap", "").startsWith("404"));
    }

    @Test
    void programThatHeedsNoSignalIsKilled() throws Exception {
        var created = ask(
                "POST",
                "/v1/services",
                "{\"command\": [\"sh\", \"-c\", \"trap '' TERM; echo deaf; while :; do sleep 0.1; done\"], \"name\": \"deaf\"}");
        assertTrue(created.startsWith("201"), created);
        assertTrue(Waiting.until(Duration.ofMillis(TIMEOUT_MILLIS), () -> logs().contains("deaf")));
        assertTrue(ask("POST", "/v1/services/deaf/stop", "{\"timeout\": 0}").contains("\"exitStatus\" : 137"));
        ask("DELETE", "/v1/services/deaf", "");
    }

    @Test
    void nothingBelowAStoppedProgramStays() throws Exception {
        var created = ask(
                "POST",
                "/v1/services",
                "{\"command\": [\"sh\", \"-c\", \"sleep 1000 & echo $!; wait\"], \"name\": \"deaf\"}");
        assertTrue(created.startsWith("201"), created);
        assertTrue(Waiting.until(Duration.ofMillis(TIMEOUT_MILLIS), () -> logs().matches("(?s).*\\d\n.*")));
        var below = Long.parseLong(
                logs().strip().lines().reduce((first, last) -> last).orElseThrow());
        assertTrue(ProcessIdentity.of(below).isPresent(), "it runs");
        ask("POST", "/v1/services/deaf/stop", "");
        assertTrue(Waiting.until(
                Duration.ofMillis(TIMEOUT_MILLIS),
                () -> ProcessIdentity.of(below).isEmpty()));
        ask("DELETE", "/v1/services/deaf", "");
    }

    @Test
    void tcpNeedsTheToken() throws Exception {
        var token = Files.readString(directory.resolve("token")).strip();
        var bearer = "Authorization: Bearer ";
        assertTrue(askTcp("Host: localhost\r\n").startsWith("403"));
        assertTrue(askTcp("Host: localhost\r\n" + bearer + token.substring(1) + "\r\n")
                .startsWith("403"));
        assertTrue(askTcp("Host: evil.example\r\n" + bearer + token + "\r\n").startsWith("403"));
        assertTrue(askTcp("Host: 127.0.0.1:1\r\n" + bearer + token + "\r\n").startsWith("200"));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("token"))));
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    }

    @Test
    void secondDaemonIsRefused() {
        assertEquals(
                Kind.CONFLICT,
                assertThrows(ManagerException.class, () -> new Daemon(options("state", "other.sock")))
                        .kind());
        assertEquals(
                Kind.CONFLICT,
                assertThrows(ManagerException.class, () -> new Daemon(options("other", "d.sock")))
                        .kind());
    }

    @Test
    void nextDaemonTakesOver() throws Exception {
        ask("POST", "/v1/services", "{\"command\": [\"sleep\", \"1000\"], \"name\": \"nap\"}");
        daemon.close();
        daemon = new Daemon(options("state", "d.sock"));
        assertTrue(ask("GET", "/v1/services/nap", "").contains("\"state\" : \"running\""));
        assertTrue(ask("DELETE", "/v1/services/nap?force", "").startsWith("200"));
    }
}
