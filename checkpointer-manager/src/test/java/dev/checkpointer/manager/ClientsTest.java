package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that are slow, many, or somebody else's, and many services and images. */
@Timeout(60)
class ClientsTest {
    private static final Bounds BOUNDS = new Bounds(16, Duration.ofSeconds(1), Duration.ofSeconds(1));

    @TempDir
    Path directory;

    private final List<SocketChannel> clients = new ArrayList<>();
    private Path socket;
    private Daemon daemon;

    private void start(Bounds bounds) throws Exception {
        socket = directory.resolve("d.sock");
        daemon = new Daemon(
                new DaemonOptions(
                        directory.resolve("state"),
                        socket,
                        Path.of("/nowhere/checkpointer"),
                        OptionalInt.empty(),
                        Optional.empty(),
                        1L << 20),
                bounds);
    }

    @AfterEach
    void end() throws IOException {
        for (var client : clients) {
            client.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    private SocketChannel connect() throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        clients.add(channel);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private String get(String path) throws IOException {
        var channel = connect();
        send(channel, "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
        return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Sends a byte from time to time until the daemon has had enough. */
    private static void trickle(SocketChannel channel) throws Exception {
        try {
            while (true) {
                send(channel, "x");
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (IOException e) {
            // it was cut off
        }
    }

    @Test
    void silentConnectionsMakeRoomForOthers() throws Exception {
        start(new Bounds(BOUNDS.connections(), Duration.ofMinutes(2), Duration.ofMinutes(2)));
        for (int i = 0; i < 3 * BOUNDS.connections(); i++) {
            connect();
        }
        assertTrue(
                Waiting.until(Duration.ofSeconds(30), () -> connections() <= BOUNDS.connections()), "they are ended");
        assertTrue(get("/v1/health").contains("\"ok\""));
    }

    @Test
    void requestLineThatNeverEndsIsCutOff() throws Exception {
        start(BOUNDS);
        var channel = connect();
        send(channel, "GET /");
        trickle(channel);
        assertTrue(get("/v1/health").contains("\"ok\""));
    }

    @Test
    void bodyThatNeverEndsIsCutOff() throws Exception {
        start(BOUNDS);
        var slow = new ArrayList<SocketChannel>();
        for (int i = 0; i < BOUNDS.connections() - 1; i++) {
            var channel = connect();
            send(channel, "POST /v1/services HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
            slow.add(channel);
        }
        assertTrue(get("/v1/health").contains("\"ok\""), "others are answered meanwhile");
        trickle(slow.get(0));
        assertTrue(Channels.newInputStream(slow.get(1)).read() != 0);
    }

    @Test
    void answerThatNobodyReadsIsCutOff() throws Exception {
        start(BOUNDS);
        var created = connect();
        var body = "{\"name\": \"loud\", \"command\": [\"sh\", \"-c\", \"head -c 900000 /dev/zero; sleep 1000\"]}";
        send(
                created,
                "POST /v1/services HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body);
        Channels.newInputStream(created).readAllBytes();
        var log = directory.resolve("state/services");
        assertTrue(Waiting.until(Duration.ofSeconds(30), () -> logged(log) == 900_000));
        try {
            for (int i = 0; i < BOUNDS.connections() - 1; i++) {
                send(connect(), "GET /v1/services/loud/logs?follow HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            assertTrue(get("/v1/health").contains("\"ok\""), "others are answered meanwhile");
            assertTrue(
                    Waiting.until(Duration.ofSeconds(30), () -> connections() <= 2),
                    "all that do not read are cut off");
        } finally {
            var removal = connect();
            send(removal, "DELETE /v1/services/loud?force HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Channels.newInputStream(removal).readAllBytes();
        }
    }

    /** Nothing is sent for longer than a connection may be idle; who goes away is noticed all the same. */
    @Test
    void quietAnswersGoOn() throws Exception {
        start(BOUNDS);
        var body = "{\"name\": \"quiet\", \"command\": [\"sleep\", \"1000\"]}";
        var created = connect();
        send(
                created,
                "POST /v1/services HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body);
        Channels.newInputStream(created).readAllBytes();
        try {
            var streams = List.of(connect(), connect());
            send(streams.get(0), "GET /v1/services/quiet/logs?follow HTTP/1.1\r\nHost: localhost\r\n\r\n");
            send(streams.get(1), "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            TimeUnit.MILLISECONDS.sleep(3 * BOUNDS.idle().toMillis());
            assertEquals(2, connections());
            streams.get(0).close();
            assertTrue(Waiting.until(Duration.ofSeconds(30), () -> connections() == 1), "it has gone");
        } finally {
            var removal = connect();
            send(removal, "DELETE /v1/services/quiet?force HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Channels.newInputStream(removal).readAllBytes();
        }
    }

    /** Events are only sent when there are some, so that they are made. */
    @Test
    void eventsThatNobodyReadsAreCutOff() throws Exception {
        start(BOUNDS);
        for (int i = 0; i < BOUNDS.connections() - 2; i++) {
            send(connect(), "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        var body = "{\"command\": [\"/" + "x".repeat(200_000) + "\"]}";
        var create = "POST /v1/services HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        assertTrue(
                Waiting.until(Duration.ofSeconds(60), () -> {
                    tellEvents(create);
                    return connections() <= 2;
                }),
                "all that do not read are cut off");
        assertTrue(get("/v1/health").contains("\"ok\""));
    }

    /** The refusal of the command is long, and an event. */
    private void tellEvents(String create) {
        try {
            var channel = connect();
            send(channel, create);
            Channels.newInputStream(channel).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of the clients that were not cut off; none of them was sent anything. */
    private long open() {
        return clients.stream().filter(ClientsTest::isOpen).count();
    }

    private static boolean isOpen(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static long logged(Path services) {
        try (var files = Files.walk(services)) {
            return files.filter(file -> file.endsWith("out.log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Connected ends that the kernel knows for the socket. */
    private long connections() {
        try (var lines = Files.lines(Path.of("/proc/net/unix"))) {
            return lines.filter(line -> line.endsWith(" " + socket) && line.contains(" 0001 03 "))
                    .count();
        } catch (IOException e) {
            return -1;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rw-rw---- | root    | nogroup | PermissionError
            rw-rw-rw- | root    | nogroup | 403
            rw-rw---- | root    | root    | 200
            rw-rw---- | nogroup | nogroup | 200
            """)
    void onlyTheUsersOfTheSocketsGroupAreHeard(String mode, String socketGroup, String group, String answer)
            throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "another user needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
        start(Bounds.USUAL);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(mode));
        run(List.of("chgrp", socketGroup, socket.toString()));
        var program = "import socket,sys;s=socket.socket(socket.AF_UNIX);s.connect(sys.argv[1]);"
                + "s.send(b'GET /v1/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n');print(s.recv(99))";
        var said = run(List.of(
                "setpriv",
                "--reuid",
                "nobody",
                "--regid",
                group,
                "--clear-groups",
                "/usr/bin/python3",
                "-c",
                program,
                socket.toString()));
        assertTrue(said.contains(answer), said);
    }

    private String run(List<String> command) throws Exception {
        var output = directory.resolve("output").toFile();
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return Files.readString(output.toPath());
    }

    @Test
    void manyServicesAndImagesAreListed() throws Exception {
        var services = directory.resolve("state/services");
        for (int i = 0; i < 200; i++) {
            var document = Map.of(
                    "spec",
                    new ServiceSpecs("s" + i).document(),
                    "created",
                    Instant.EPOCH.plusSeconds(i).toString(),
                    "state",
                    "stopped",
                    "since",
                    Instant.EPOCH.toString(),
                    "reason",
                    "",
                    "leaving",
                    false);
            var own = Files.createDirectories(services.resolve(String.format("%012x", i)));
            Documents.write(own.resolve("service.json"), document);
        }
        var store = new DirectoryImageStore(Files.createDirectories(directory.resolve("state/images")));
        for (int i = 0; i < 1000; i++) {
            var id = String.format("%012x", 4096 + i);
            var place = store.reserve(new StoredImage(
                    id,
                    Instant.EPOCH.plusSeconds(i),
                    "c" + i,
                    List.of("c" + i),
                    Optional.empty(),
                    Map.of(),
                    0,
                    0,
                    false,
                    Set.of()));
            Files.writeString(Files.createDirectories(place).resolve("manifest"), "x=1\n");
            store.commit(id);
        }
        start(Bounds.USUAL);
        var listed = objects("services");
        assertEquals(200, listed.size());
        for (int i = 0; i < 200; i++) {
            assertEquals("s" + i, listed.get(i).get("name"));
            assertEquals("stopped", listed.get(i).get("state"));
        }
        var images = objects("images");
        assertEquals(1000, images.size());
        for (int i = 0; i < 1000; i++) {
            assertEquals(String.format("%012x", 4096 + i), images.get(i).get("id"));
            assertEquals(4, images.get(i).get("size"));
        }
    }

    private record ServiceSpecs(String name) {
        Map<String, Object> document() throws ManagerException {
            return ServiceSpec.of(Map.of("name", name, "command", List.of("sleep", "1")))
                    .document();
        }
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> objects(String what) throws IOException {
        var answer = get("/v1/" + what);
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        var body = answer.substring(answer.indexOf("{"), answer.lastIndexOf("}") + 1);
        return (List<Map<String, Object>>) JSON.std.mapFrom(body).get(what);
    }
}
