import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The small process that {@code bin/setup} dumps and restores to judge a CRIU. It holds a listening TCP socket, writes
 * {@code ready}, and once the file {@code ask} appears it goes through that socket and writes {@code answer}.
 */
final class Judge {

    /** Nobody misses this process: it ends by itself, should the script that started it be gone. */
    private static final long LIFETIME_NANOS = 120_000_000_000L;

    private Judge() {}

    public static void main(String[] args) throws Exception {
        var directory = Path.of(args[0]);
        var deadline = System.nanoTime() + LIFETIME_NANOS;
        try (var listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            publish(directory, "ready", String.valueOf(listener.getLocalPort()));
            while (System.nanoTime() - deadline < 0) {
                if (Files.exists(directory.resolve("ask"))) {
                    publish(directory, "answer", throughSocket(listener));
                    return;
                }
                Thread.sleep(10);
            }
        }
    }

    private static String throughSocket(ServerSocket listener) throws IOException {
        try (var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var server = listener.accept()) {
            server.getOutputStream().write('y');
            return client.getInputStream().read() == 'y' ? "yes" : "no";
        }
    }

    /** Writes under another name first, so that a reader sees the whole file or none. */
    private static void publish(Path directory, String name, String text) throws IOException {
        var draft = Files.writeString(directory.resolve(name + ".new"), text + "\n");
        Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
