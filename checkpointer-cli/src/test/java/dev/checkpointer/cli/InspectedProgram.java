package dev.checkpointer.cli;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Holds one of each kind of what {@code checkpointer inspect} tells. Arguments: a directory, and anything. */
final class InspectedProgram {
    private InspectedProgram() {}

    public static void main(String[] arguments) throws Exception {
        var directory = Path.of(arguments[0]);
        var loopback = InetAddress.getByName("127.0.0.1");
        try (var server = new ServerSocket(0, 5, loopback);
                var client = new Socket(loopback, server.getLocalPort());
                var accepted = server.accept();
                var datagrams = new DatagramSocket(new InetSocketAddress(loopback, 0));
                var local = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var file = Files.newInputStream(Files.writeString(directory.resolve("opened.txt"), "text"))) {
            local.bind(UnixDomainSocketAddress.of(directory.resolve("local.socket")));
            var thread = new Thread(InspectedProgram::sleep, "known-thread");
            thread.start();
            var ports = server.getLocalPort() + " " + client.getLocalPort() + " " + datagrams.getLocalPort();
            var draft = Files.writeString(directory.resolve("ready.part"), ports);
            Files.move(draft, directory.resolve("ready"), StandardCopyOption.ATOMIC_MOVE);
            thread.join();
            System.out.println(accepted + " " + file.available());
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(300_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
