package dev.checkpointer.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;

/** A server that counts its requests. Argument: its port on the loopback address. */
final class ServedProgram {
    private ServedProgram() {}

    public static void main(String[] arguments) throws IOException {
        int count = 0;
        try (var server = new ServerSocket(Integer.parseInt(arguments[0]), 0, InetAddress.getLoopbackAddress())) {
            System.out.println("listening");
            while (true) {
                try (var client = server.accept()) {
                    var request = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                    for (var line = request.readLine(); line != null && !line.isEmpty(); ) {
                        line = request.readLine();
                    }
                    var text = ++count + " " + System.getenv("WHO");
                    client.getOutputStream()
                            .write(("HTTP/1.1 200 OK\r\nContent-Length: " + text.length()
                                            + "\r\nConnection: close\r\n\r\n" + text)
                                    .getBytes(StandardCharsets.US_ASCII));
                    System.out.println("answered " + text);
                }
            }
        }
    }
}
