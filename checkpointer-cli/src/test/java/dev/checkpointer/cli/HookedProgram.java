package dev.checkpointer.cli;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Has one resource, which does at a notification what the file says whose name is the argument. */
public final class HookedProgram implements Resource {
    private static final long LONG = 600_000;
    private static final long WHILE = 1500;

    private final Path behaviour;
    private ServerSocket server;
    private Socket client;

    private HookedProgram(Path behaviour) {
        this.behaviour = behaviour;
    }

    public static void main(String[] arguments) throws Exception {
        var program = new HookedProgram(Path.of(arguments[0]));
        Core.getGlobalContext().register(program);
        System.out.println("ready");
        Thread.sleep(LONG);
    }

    private String behaviour() throws Exception {
        return Files.exists(behaviour) ? Files.readString(behaviour) : "";
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
        System.out.println("before");
        switch (behaviour()) {
            case "throw-before" -> throw new IllegalStateException("no dump now", new Exception("the reason"));
            case "hang-before" -> Thread.sleep(LONG);
            case "slow-before" -> Thread.sleep(WHILE);
            case "exit-before" -> System.exit(7);
            case "connect-before" -> connect();
            default -> {}
        }
    }

    /** A connection that cannot come back. */
    private void connect() throws Exception {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client = new Socket(server.getInetAddress(), server.getLocalPort());
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
        System.out.println("after");
        if (client != null) {
            client.close();
            server.close();
        }
        if (behaviour().equals("throw-after")) {
            throw new IllegalStateException("cannot wake up");
        }
    }
}
