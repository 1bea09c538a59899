package dev.checkpointer.examples.testing;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One connection that stays open between requests, as those of browsers and proxies do. For use by one thread. */
public final class KeptConnection implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String LENGTH = "content-length:";

    private final Socket socket;
    private final BufferedReader answers;

    KeptConnection(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout((int) DEADLINE.toMillis());
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /**
     * Asks with GET for the root.
     *
     * @return the body of the answer
     * @throws IOException when the connection does not bring a whole one with status 200
     */
    public String get() throws IOException {
        var request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        var status = line();
        int length = 0;
        for (var header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase().startsWith(LENGTH)) {
                length = Integer.parseInt(header.substring(LENGTH.length()).strip());
            }
        }
        var body = new char[length];
        for (int read = 0; read < length; ) {
            int more = answers.read(body, read, length - read);
            if (more < 0) {
                throw new EOFException("the answer ends early");
            }
            read += more;
        }
        if (!status.contains(" 200 ")) {
            throw new IOException(status + ": " + new String(body));
        }
        return new String(body);
    }

    /**
     * Waits until the other side ends the connection.
     *
     * @throws IOException when it sends something instead, or does nothing
     */
    public void awaitEnd() throws IOException {
        try {
            int read = answers.read();
            if (read >= 0) {
                throw new IOException("the other side sends " + (char) read);
            }
        } catch (SocketException e) {
            // A reset is an end, too.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String line() throws IOException {
        var line = answers.readLine();
        if (line == null) {
            throw new EOFException("the connection has ended");
        }
        return line;
    }
}
