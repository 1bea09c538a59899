package dev.checkpointer.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Transport;

/** Asks the manager's daemon through its socket. For one thread. */
final class DaemonClient implements AutoCloseable {
    private static final long MINUTES = 10;

    private final Path socket;
    private final HttpClient client;
    private final Map<String, String> headers = new HashMap<>();

    DaemonClient(Path socket) {
        this.socket = socket;
        this.client = new HttpClient();
        client.setFollowRedirects(false);
        client.setIdleTimeout(0); // a dump takes its time, and a log may be quiet
    }

    /** The one that the settings name. */
    static DaemonClient ofSettings() {
        return new DaemonClient(Path.of(Settings.current().text(Setting.SOCKET).orElseThrow()));
    }

    /** A name of the user's as a segment of a path. */
    static String segment(String word) {
        return URLEncoder.encode(word, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Map<String, Object> get(String path) throws CommandException {
        return ask("GET", path, Optional.empty());
    }

    Map<String, Object> delete(String path) throws CommandException {
        return ask("DELETE", path, Optional.empty());
    }

    Map<String, Object> post(String path, Map<String, ?> body) throws CommandException {
        return ask("POST", path, Optional.of(body));
    }

    Map<String, Object> put(String path, Map<String, ?> body) throws CommandException {
        return ask("PUT", path, Optional.of(body));
    }

    /** What the following requests bring along. */
    void header(String name, String value) {
        headers.put(name, value);
    }

    /** Sends a stream to its end. */
    Map<String, Object> send(String path, InputStream body) throws CommandException {
        try (var answer = send(
                "POST",
                path,
                request -> request.body(new InputStreamRequestContent(
                        "application/octet-stream", body, ByteBufferPool.SIZED_NON_POOLING)))) {
            return JSON.std.mapFrom(answer);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private Map<String, Object> ask(String method, String path, Optional<Map<String, ?>> body) throws CommandException {
        try (var answer = send(method, path, content(body))) {
            return JSON.std.mapFrom(answer);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Copies an answer as it comes. */
    void copy(String path, OutputStream output) throws CommandException {
        try (var answer = send("GET", path, request -> {})) {
            var buffer = new byte[8192];
            for (int count = answer.read(buffer); count >= 0; count = answer.read(buffer)) {
                output.write(buffer, 0, count);
                output.flush();
            }
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static Consumer<Request> content(Optional<Map<String, ?>> body) throws IOException {
        if (body.isEmpty()) {
            return request -> {};
        }
        var content = new StringRequestContent("application/json", JSON.std.asString(body.get()));
        return request -> request.body(content);
    }

    private InputStream send(String method, String path, Consumer<Request> content) throws CommandException {
        try {
            client.start();
            Request request = client.newRequest("http://localhost" + path)
                    .transport(new Transport.TCPUnix(socket))
                    .method(method);
            headers.forEach((name, value) -> request.headers(fields -> fields.put(name, value)));
            content.accept(request);
            var listener = new InputStreamResponseListener();
            request.send(listener);
            Response response = listener.get(MINUTES, TimeUnit.MINUTES);
            if (response.getStatus() >= 400) {
                throw refused(listener.getInputStream());
            }
            return listener.getInputStream();
        } catch (ExecutionException e) {
            throw absent(e.getCause());
        } catch (TimeoutException e) {
            throw broken(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw broken(e);
        } catch (CommandException e) {
            throw e;
        } catch (Exception e) {
            throw broken(e);
        }
    }

    private CommandException absent(Throwable cause) {
        return new DaemonException(
                DaemonException.ABSENT,
                ExitStatus.FAILED,
                "no daemon answers at " + socket + ": " + cause.getMessage(),
                "Start one with \"checkpointer daemon\", or set " + Setting.SOCKET.variable() + " to the socket of one",
                List.of(),
                cause);
    }

    private CommandException broken(Exception cause) {
        return new CommandException(
                ExitStatus.FAILED,
                "the daemon at " + socket + " does not answer: " + cause.getMessage(),
                "Look at its log",
                List.of(),
                cause);
    }

    /** The daemon's words, and a status of ours for them. */
    private static CommandException refused(InputStream answer) throws IOException {
        var document = JSON.std.mapFrom(answer);
        var error = (Map<?, ?>) document.get("error");
        var kind = String.valueOf(error.get("kind"));
        int status = switch (kind) {
            case "invalid", "too_large" -> ExitStatus.USAGE;
            case "missing", "conflict", "forbidden" -> ExitStatus.REFUSED;
            default -> ExitStatus.FAILED;
        };
        var lines =
                String.valueOf(error.get("message")).lines().map(String::strip).toList();
        return new DaemonException(
                kind, status, lines.get(0), String.valueOf(error.get("remedy")), lines.subList(1, lines.size()), null);
    }

    @Override
    public void close() throws CommandException {
        try {
            client.stop();
        } catch (Exception e) {
            throw broken(e);
        }
    }
}
