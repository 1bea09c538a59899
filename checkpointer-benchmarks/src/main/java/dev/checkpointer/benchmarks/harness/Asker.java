package dev.checkpointer.benchmarks.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Asks programs on this machine over HTTP, with as little work of its own as possible. While nobody answers it asks again after
 * {@value #SHORTEST} ns, later after a thousandth of the time waited so far: so neither the load of asking, which competes with the
 * program for the processors, nor the lateness of noticing matters.
 */
public final class Asker {
    /** Between two questions, in nanoseconds. */
    static final long SHORTEST = 200_000;

    private static final long LONGEST = 5_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WARM_UP = 3000;

    /**
     * An answer.
     *
     * @param body without white space around it
     * @param nanos when it had come, by {@link System#nanoTime}
     */
    public record Answer(String body, long nanos) {}

    /** Asks a server of its own often enough that what is measured later does not wait for the JVM's compilers. */
    public void warmUp() throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var thread = new Thread(() -> serve(server), "warm-up");
            thread.setDaemon(true);
            thread.start();
            for (int i = 0; i < WARM_UP; i++) {
                ask("GET", server.getLocalPort(), "/").orElseThrow(() -> new IOException("no answer from ourselves"));
            }
        }
        int unused = freePort();
        for (int i = 0; i < WARM_UP; i++) {
            ask("GET", unused, "/");
        }
    }

    private static void serve(ServerSocket server) {
        var answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                .getBytes(StandardCharsets.US_ASCII);
        try {
            while (!server.isClosed()) {
                try (var socket = server.accept()) {
                    readHead(socket);
                    socket.getOutputStream().write(answer);
                }
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private static void readHead(Socket socket) throws IOException {
        var in = socket.getInputStream();
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
    }

    /**
     * A port of the loopback interface that nobody uses, below those that the kernel gives to connections.
     *
     * @return the port
     * @throws IOException when there is none
     */
    public static int freePort() throws IOException {
        for (int i = 0; i < 200; i++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 20_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                continue; // in use
            }
        }
        throw new IOException("there is no free port from 10000 to 20000");
    }

    /**
     * Asks until somebody answers with status 200.
     *
     * @param port of the loopback interface
     * @param path for what
     * @param ended whether nobody will answer any more
     * @return the answer
     * @throws IOException when none comes in time
     * @throws InterruptedException when this thread is interrupted
     */
    public Answer await(int port, String path, BooleanSupplier ended) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            var answer = ask("GET", port, path);
            if (answer.isPresent()) {
                return answer.get();
            }
            long waited = System.nanoTime() - start;
            if (waited > PATIENCE.toNanos()) {
                throw new IOException("no answer within " + PATIENCE.toSeconds() + " s");
            }
            if (ended.getAsBoolean()) {
                throw new IOException("the program has ended without an answer");
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(Math.max(SHORTEST, Math.min(LONGEST, waited / 1000)));
        }
    }

    /**
     * Asks a program that answers.
     *
     * @param method GET or POST
     * @param port of the loopback interface
     * @param path for what
     * @return the body of the answer
     * @throws IOException when it does not answer with status 200
     */
    public String must(String method, int port, String path) throws IOException {
        return ask(method, port, path)
                .orElseThrow(() -> new IOException("no answer with status 200 to " + method + " " + path))
                .body();
    }

    /** Empty when nobody listens, the connection is cut, or the status is another one than 200. */
    private Optional<Answer> ask(String method, int port, String path) {
        try (var socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            var question = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n"
                    + (method.equals("POST") ? "Content-Length: 0\r\n" : "") + "\r\n";
            socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
            var text = read(socket);
            long nanos = System.nanoTime();
            int body = text.indexOf("\r\n\r\n");
            if (body < 0 || !text.startsWith("HTTP/1.1 200")) {
                return Optional.empty();
            }
            return Optional.of(new Answer(plain(text.substring(0, body), text.substring(body + 4)), nanos));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String read(Socket socket) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var buffer = new byte[4096];
        var in = socket.getInputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes.write(buffer, 0, count);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Short answers come in one chunk, if in chunks at all. */
    private static String plain(String head, String body) {
        if (!head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
            return body.strip();
        }
        int line = body.indexOf("\r\n");
        int length = Integer.parseInt(body.substring(0, line).strip(), 16);
        return body.substring(line + 2, line + 2 + length).strip();
    }
}
