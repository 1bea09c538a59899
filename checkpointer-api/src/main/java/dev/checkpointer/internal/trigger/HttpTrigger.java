package dev.checkpointer.internal.trigger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Asks a URL again and again until it answers with status 200. By hand, since nothing may be left behind that a dump would
 * meet: the JDK's {@code HttpURLConnection} leaves sockets open, and its newer client has threads.
 */
final class HttpTrigger implements Trigger {
    private static final int PAUSE_MILLIS = 100;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LINGER_MILLIS = 1000;
    private static final int PORT = 80;

    private final String host;
    private final int port;
    private final byte[] request;
    private boolean told;

    HttpTrigger(URI url) {
        host = url.getHost();
        port = url.getPort() < 0 ? PORT : url.getPort();
        var path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        request = ("GET " + path + query + " HTTP/1.1\r\nHost: " + host + ":" + port
                        + "\r\nUser-Agent: checkpointer\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean await() throws InterruptedException {
        while (!answers()) {
            Thread.sleep(PAUSE_MILLIS);
        }
        return true;
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            var answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var status = answer.readLine();
            boolean answers = status != null && status.matches("HTTP/1\\.[01] 200( .*)?");
            socket.setSoTimeout(LINGER_MILLIS);
            readToTheEnd(answer);
            if (!answers) {
                tell(status);
            }
            return answers;
        } catch (IOException e) {
            return false; // nobody there yet
        }
    }

    /** A wrong path would be waited for in silence. */
    private void tell(String status) {
        if (!told) {
            told = true;
            System.getLogger("dev.checkpointer")
                    .log(
                            System.Logger.Level.INFO,
                            "http://{0}:{1} answers with \"{2}\", waiting for status 200",
                            host,
                            Integer.toString(port),
                            status);
        }
    }

    /** Servers complain when nobody listens. Not all of them close the connection, though asked to. */
    private static void readToTheEnd(BufferedReader answer) throws IOException {
        try {
            while (answer.readLine() != null) {
                continue;
            }
        } catch (SocketTimeoutException e) {
            return;
        }
    }
}
