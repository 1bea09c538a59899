package dev.checkpointer.examples.hello;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.crac.CheckpointException;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.crac.RestoreException;

/**
 * Counts its visits over HTTP. {@code GET /} is a visit, {@code POST /checkpoint} asks for an image of the program, which
 * ends with it. The port is the system property {@code port}.
 */
public final class Hello implements Resource {
    private static final int SIEVE = 5_000_000;

    private final InetSocketAddress address;
    private final String id = UUID.randomUUID().toString();
    private final AtomicInteger visits = new AtomicInteger();
    private final int[] primes = sieve();
    private HttpServer server;

    private Hello(int port) {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public static void main(String[] args) throws IOException {
        var hello = new Hello(Integer.getInteger("port", 8080));
        hello.listen();
        Core.getGlobalContext().register(hello); // held weakly; the server's handlers keep it alive
        log("program " + hello.id + " listens on " + hello.address);
    }

    private void listen() throws IOException {
        server = HttpServer.create(address, 0);
        server.createContext("/", this::visit);
        server.createContext("/checkpoint", this::requestCheckpoint);
        server.start();
    }

    private void visit(HttpExchange exchange) throws IOException {
        int visit = visits.incrementAndGet();
        answer(exchange, "visit " + visit + " to " + id + ", prime " + primes[visit % primes.length]);
    }

    /** The answer is with the kernel when the exchange is closed, so nothing is lost when the connection goes. */
    private void requestCheckpoint(HttpExchange exchange) throws IOException {
        boolean post = exchange.getRequestMethod().equals("POST");
        answer(exchange, post ? "checkpoint follows" : "POST asks for a checkpoint");
        if (post) {
            new Thread(Hello::checkpoint, "checkpoint").start();
        }
    }

    private static void checkpoint() {
        try {
            Core.checkpointRestore();
        } catch (CheckpointException | RestoreException | UnsupportedOperationException e) {
            log("no checkpoint, or not a whole restore");
            e.printStackTrace();
        }
    }

    /** Connections cannot come back, neither this client's nor those that others keep open: stopping closes them all. */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        log("told before the checkpoint, after " + visits + " visits");
        server.stop(0);
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws IOException {
        listen();
        log("told after the restore, after " + visits + " visits");
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Stands for what a program works out while it starts and would rather not work out again. */
    private static int[] sieve() {
        var composite = new BitSet(SIEVE);
        for (int i = 2; i * i < SIEVE; i = composite.nextClearBit(i + 1)) {
            for (int multiple = i * i; multiple < SIEVE; multiple += i) {
                composite.set(multiple);
            }
        }
        composite.set(0, 2);
        composite.flip(0, SIEVE);
        return composite.stream().toArray();
    }

    private static void log(String line) {
        System.out.println(line);
    }
}
