package dev.checkpointer.internal.descriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Settings;
import dev.checkpointer.TcpMode;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check on what the kernel says of this JVM and of a child of it. */
class OpenDescriptorsTest {
    private static final long LIMIT = 1000;

    @TempDir
    private Path directory;

    private Process child;

    @AfterEach
    void endChild() throws Exception {
        if (child != null) {
            child.destroyForcibly();
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
        }
    }

    private static List<EngineException> refusals(long pid, TcpMode mode) throws Exception {
        var settings = Settings.of(Map.of(), Map.of());
        var request =
                CheckpointRequest.builder(settings).tcp(mode).ghostLimit(LIMIT).build();
        return DescriptorPlan.of(pid, request, settings, Set.of(), List.of()).refusals();
    }

    /** What this JVM is refused for; it holds sockets and files of Maven's and of JUnit's too, so only new ones count. */
    private static List<String> refusedSince(List<EngineException> before) throws Exception {
        var known = before.stream().map(EngineException::getMessage).toList();
        return refusals(ProcessHandle.current().pid(), TcpMode.REFUSE).stream()
                .map(EngineException::getMessage)
                .filter(message -> !known.contains(message))
                .map(message -> message.replaceFirst("descriptor \\d+", "descriptor N"))
                .toList();
    }

    private static List<EngineException> refusedNow() throws Exception {
        return refusals(ProcessHandle.current().pid(), TcpMode.REFUSE);
    }

    /** A child that connects descriptor 5 to a port, tells, and waits. */
    private void connectChild(int port) throws Exception {
        child = new ProcessBuilder(
                        "bash", "-c", "exec 5<>/dev/tcp/127.0.0.1/" + port + " && echo connected && read -r line")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals("connected", child.inputReader().readLine());
    }

    @Test
    void namesTheConnectionOfAnotherProcessWithItsAddress() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            connectChild(server.getLocalPort());
            var refusal = refusals(child.pid(), TcpMode.REFUSE).get(0);
            assertEquals(FailureKind.TCP_CONNECTION, refusal.kind());
            assertEquals(
                    "cannot dump: descriptor 5 is a connected TCP socket to 127.0.0.1:" + server.getLocalPort()
                            + ". Have"
                            + " the program close it before, or set checkpointer.tcp=close to bring it back closed",
                    refusal.getMessage());
            assertEquals(List.of(), refusals(child.pid(), TcpMode.CLOSE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void namesBothEndsOfAConnectionInsideAndPassesTheListeningSocket(String host) throws Exception {
        var before = refusedNow();
        var address = InetAddress.getByName(host);
        try (var server = new ServerSocket(0, 1, address)) {
            assertEquals(List.of(), refusedSince(before));
            try (var client = new Socket(address, server.getLocalPort());
                    var accepted = server.accept()) {
                var name = host.equals("::1") ? "[0:0:0:0:0:0:0:1]" : host;
                var remedy = ". Close it in beforeCheckpoint, or set checkpointer.tcp=close to bring it back closed";
                assertEquals(
                        List.of(
                                "cannot dump: descriptor N is a connected TCP socket to " + name + ":"
                                        + server.getLocalPort() + remedy,
                                "cannot dump: descriptor N is a connected TCP socket to " + name + ":"
                                        + client.getLocalPort() + remedy),
                        refusedSince(before),
                        accepted::toString);
            }
        }
    }

    @Test
    void passesAUnixConnectionInside() throws Exception {
        var before = refusedNow();
        var address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                var client = SocketChannel.open(address);
                var accepted = server.accept()) {
            assertTrue(client.isConnected() && accepted.isConnected());
            assertEquals(List.of(), refusedSince(before));
        }
    }

    /** Java cannot leave a descriptor to a child, so perl holds the other end where there is one. */
    @Test
    void refusesAUnixConnectionToAnotherProcess() throws Exception {
        var before = refusedNow();
        var path = directory.resolve("s");
        try (var server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path))) {
            child = new ProcessBuilder(
                            "perl",
                            "-MIO::Socket::UNIX",
                            "-e",
                            "my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die; $| = 1; print \"connected\\n\"; <STDIN>",
                            path.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertEquals("connected", child.inputReader().readLine());
            try (var accepted = server.accept()) {
                assertEquals(
                        List.of("cannot dump: descriptor N is a Unix socket (" + path + ") that is connected to another"
                                + " process. Close it in beforeCheckpoint and connect again in afterRestore"),
                        refusedSince(before),
                        accepted::toString);
                var refused = refusals(child.pid(), TcpMode.REFUSE);
                assertEquals(1, refused.size());
                assertEquals(FailureKind.UNSUPPORTED_RESOURCE, refused.get(0).kind());
            }
        }
    }

    /** Anybody may bind a socket to such a name; the kernel writes it into its table as it is. */
    @Test
    void survivesASocketWhoseNameBreaksALine() throws Exception {
        var before = refusedNow();
        var address = UnixDomainSocketAddress.of(directory.resolve("a\nb: c d e f g h"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
            assertTrue(server.isOpen());
            assertEquals(List.of(), refusedSince(before));
        }
    }

    @Test
    void judgesDeletedFilesBySizeAndByTheNamesThatAreLeft() throws Exception {
        var before = refusedNow();
        var file = directory.resolve("ghost");
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(LIMIT);
            var other = Files.createLink(directory.resolve("other"), file);
            Files.delete(file);
            assertEquals(
                    List.of("cannot dump: descriptor N is the file " + file + " (deleted), whose name was removed while"
                            + " another name of it is left. Close it in beforeCheckpoint"),
                    refusedSince(before));
            Files.delete(other);
            assertEquals(List.of(), refusedSince(before));
            open.setLength(LIMIT + 1);
            assertEquals(
                    List.of("cannot dump: descriptor N is the file " + file
                            + " (deleted) of 1001 bytes, which would have"
                            + " to go into the image. Close it in beforeCheckpoint, or set checkpointer.ghost.limit above"
                            + " its size"),
                    refusedSince(before));
        }
    }

    @Test
    void passesWhatASelectorOpens() throws Exception {
        var before = refusedNow();
        try (var selector = Selector.open();
                var random = new RandomAccessFile("/dev/urandom", "r")) {
            assertTrue(selector.isOpen() && random.getFD().valid());
            assertEquals(List.of(), refusedSince(before));
        }
    }

    @Test
    void readsDescriptorsInOrderWithoutItsOwn() throws Exception {
        var file = Files.writeString(directory.resolve("x y"), "12345");
        try (var open = new RandomAccessFile(file.toFile(), "r")) {
            var descriptors = Descriptor.of(ProcessHandle.current().pid());
            var numbers = descriptors.stream().map(Descriptor::number).toList();
            assertEquals(numbers.stream().sorted().toList(), numbers);
            var own = "/proc/" + ProcessHandle.current().pid() + "/fd";
            assertTrue(descriptors.stream().noneMatch(d -> d.target().equals(own)));
            var found = descriptors.stream()
                    .filter(d -> d.target().equals(file.toString()))
                    .findFirst()
                    .orElseThrow();
            assertTrue(found.isRegularFile() && !found.isDevice() && open.length() == found.size());
            assertEquals(1, found.links());
        }
    }
}
