package dev.checkpointer.cli.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The small program that {@code checkpointer doctor} dumps and restores. It listens, writes {@code ready} into its
 * directory, and when there is {@code question}, it sends that through its socket and writes what arrives to
 * {@code answer}. Nobody misses it: it ends by itself.
 */
public final class Patient {
    private static final long LIFETIME_MILLIS = 120_000;
    private static final long PAUSE_MILLIS = 5;

    private Patient() {}

    /**
     * The program.
     *
     * @param arguments its directory
     * @throws Exception when its directory or its socket cannot be used
     */
    public static void main(String[] arguments) throws Exception {
        var directory = Path.of(arguments[0]);
        long end = System.currentTimeMillis() + LIFETIME_MILLIS;
        try (var listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            publish(directory, "ready", "");
            var question = directory.resolve("question");
            while (System.currentTimeMillis() < end) {
                if (Files.exists(question)) {
                    publish(directory, "answer", throughSocket(listener, Files.readString(question)));
                    return;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static String throughSocket(ServerSocket listener, String text) throws IOException {
        try (var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var server = listener.accept()) {
            server.getOutputStream().write(text.getBytes());
            server.shutdownOutput();
            return new String(client.getInputStream().readAllBytes());
        }
    }

    /** A reader sees the whole file or none. */
    static void publish(Path directory, String name, String text) throws IOException {
        var draft = Files.writeString(directory.resolve(name + ".part"), text);
        Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
