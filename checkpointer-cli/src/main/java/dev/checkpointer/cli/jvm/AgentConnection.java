package dev.checkpointer.cli.jvm;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A question to an agent, and its answer. For one thread. */
public final class AgentConnection implements Closeable {
    /** What an address holds, without the zero byte at its end (unix(7)). */
    private static final int LONGEST_ADDRESS = 107;

    private static final int BUFFER = 8192;

    private final SocketChannel channel;

    private AgentConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Asks, and reads to the end of the connection.
     *
     * @param agent whom to ask
     * @param line a command of the agent's protocol
     * @param timeout how long the answer may take
     * @return the answer
     * @throws IOException when there is nobody to ask, or no answer
     * @throws TimeoutException when the time is over
     * @throws InterruptedException when this thread is interrupted
     */
    public static AgentAnswer ask(Agent agent, String line, Duration timeout)
            throws IOException, TimeoutException, InterruptedException {
        try (var connection = open(agent)) {
            connection.channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            connection.channel.shutdownOutput();
            return AgentAnswer.of(connection.readAll(timeout));
        }
    }

    /** By the way of the program's own root directory, which may be another one. */
    private static AgentConnection open(Agent agent) throws IOException {
        var root = Path.of("/proc", Long.toString(agent.pid()), "root");
        var path = root.resolve(Path.of("/").relativize(agent.socket()));
        if (path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_ADDRESS) {
            return connected(path);
        }
        var directory = Files.createTempDirectory("checkpointer");
        var link = directory.resolve("d");
        try {
            return connected(Files.createSymbolicLink(link, path.getParent()).resolve(path.getFileName()));
        } finally {
            Files.deleteIfExists(link);
            Files.delete(directory);
        }
    }

    private static AgentConnection connected(Path path) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new AgentConnection(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private String readAll(Duration timeout) throws IOException, TimeoutException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        var text = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(BUFFER);
        try (var selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            while (true) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new TimeoutException();
                }
                selector.select(left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                selector.selectedKeys().clear();
                int count = channel.read(buffer.clear());
                if (count < 0) {
                    return text.toString(StandardCharsets.UTF_8);
                }
                text.write(buffer.array(), 0, count);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
