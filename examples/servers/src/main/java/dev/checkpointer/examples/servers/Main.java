package dev.checkpointer.examples.servers;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Serves HTTP on the loopback interface by the server of the first argument, on the port of the second. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        var visits = new AtomicInteger();
        Supplier<String> page = () -> "visit " + visits.incrementAndGet();
        int port = Integer.parseInt(args[1]);
        switch (args[0]) {
            case "tomcat" -> TomcatServer.start(port, page);
            case "jetty" -> JettyServer.start(port, page);
            case "netty" -> NettyServer.start(port, page);
            default -> throw new IllegalArgumentException("no server " + args[0]);
        }
    }
}
