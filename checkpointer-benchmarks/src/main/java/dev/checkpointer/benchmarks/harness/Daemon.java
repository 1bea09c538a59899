package dev.checkpointer.benchmarks.harness;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A manager of our own, asked over its Unix socket. For use by one thread. */
public final class Daemon {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Work work;
    private final Path directory;
    private final Path socket;
    private final Process process;

    /**
     * Starts it, and waits until it answers.
     *
     * @param work where its files go
     * @param launcher the command {@code bin/checkpointer}
     * @throws IOException when it does not start
     * @throws InterruptedException when this thread is interrupted
     */
    public Daemon(Work work, String launcher) throws IOException, InterruptedException {
        this.work = work;
        directory = Files.createDirectory(work.file("daemon"));
        socket = directory.resolve("socket");
        var token = directory.resolve("token").toString();
        var builder = work.process(List.of(launcher, "daemon", "--foreground", "--token-file", token), log());
        builder.environment()
                .put("CHECKPOINTER_STATE", directory.resolve("state").toString());
        builder.environment().put("CHECKPOINTER_SOCKET", socket.toString());
        work.keep(directory, true);
        process = work.start(builder);
        Deadline.in(DEADLINE).await("the daemon", () -> {
            if (!process.isAlive()) {
                throw new IOException("the daemon ended with status " + process.exitValue());
            }
            return Files.exists(socket) && answers();
        });
    }

    private boolean answers() {
        try {
            ask("GET", "/v1/health", Map.of());
            return true;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /**
     * What it writes.
     *
     * @return the file
     */
    public Path log() {
        return directory.resolve("log");
    }

    /**
     * Asks with a JSON object, for one.
     *
     * @param method of HTTP
     * @param path for what
     * @param body the object; none is sent when it is empty
     * @return the answer's
     * @throws IOException when the answer is a failure
     */
    public Map<String, Object> ask(String method, String path, Map<String, Object> body) throws IOException {
        var bytes = body.isEmpty() ? new byte[0] : JSON.std.asBytes(body);
        return ask(method, path, "application/json", bytes);
    }

    /**
     * Takes an image in.
     *
     * @param archive a file that {@code image export} could have made
     * @return the image's id
     * @throws IOException when it is refused
     */
    public String take(Path archive) throws IOException {
        return (String) ask("POST", "/v1/images/import", "application/octet-stream", Files.readAllBytes(archive))
                .get("id");
    }

    private Map<String, Object> ask(String method, String path, String type, byte[] body) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var out = Channels.newOutputStream(channel);
            var head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
                    + type + "\r\nContent-Length: " + body.length + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            var bytes = new ByteArrayOutputStream();
            Channels.newInputStream(channel).transferTo(bytes);
            return answer(method + " " + path, bytes.toString(StandardCharsets.UTF_8));
        }
    }

    private static Map<String, Object> answer(String question, String text) throws IOException {
        int head = text.indexOf("\r\n\r\n");
        if (head < 0 || !text.startsWith("HTTP/1.1 2")) {
            throw new IOException("the daemon answers to " + question + ": " + text);
        }
        return JSON.std.mapFrom(text.substring(head + 4));
    }

    /**
     * Ends it. What it started goes on.
     *
     * @throws IOException when it stays, or a file of its
     * @throws InterruptedException when this thread is interrupted
     */
    public void close() throws IOException, InterruptedException {
        work.program(process.pid(), log()).end(DEADLINE);
        work.keep(directory, false);
        Work.remove(directory);
    }
}
