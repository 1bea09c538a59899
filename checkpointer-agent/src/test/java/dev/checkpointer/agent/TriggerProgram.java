package dev.checkpointer.agent;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives every trigger its occasion. Its method main returns, and one thread goes on counting. With {@code -Dlibrary=true} it
 * uses org.crac, which a program without checkpointer does not have.
 */
public final class TriggerProgram {
    private static final int NOT_YET = 503;
    private static final AtomicInteger ASKED = new AtomicInteger();

    private TriggerProgram() {}

    public static void main(String[] arguments) throws Exception {
        if (Boolean.getBoolean("library")) {
            Class.forName("org.crac.Core").getMethod("getGlobalContext").invoke(null);
        }
        if (System.getProperty("port") != null) {
            Thread.sleep(300); // who asks finds nobody at first
            serve(Integer.getInteger("port"));
        }
        System.out.print("get");
        var other = new Thread(() -> System.out.append(" rea"));
        other.start();
        other.join();
        System.out.write('d');
        System.out.println("y");
        new Thread(TriggerProgram::count, "counter").start();
    }

    /** Not ready at first. Keeps connections open, and several threads for them. */
    private static void serve(int port) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/health", exchange -> {
            boolean ready = ASKED.incrementAndGet() > 2;
            System.out.println("asked " + ASKED + " " + ready);
            var body = (ready ? "up" : "wait").getBytes();
            exchange.sendResponseHeaders(ready ? 200 : NOT_YET, body.length);
            try (exchange) {
                exchange.getResponseBody().write(body);
            }
        });
        server.setExecutor(Executors.newFixedThreadPool(2));
        server.start();
    }

    private static void count() {
        try {
            for (int i = 0; ; i++) {
                System.out.println("count " + i);
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
