package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Speaks HTTP on a Unix socket, and on the loopback address where that is asked for. */
final class Server implements Closeable {
    private static final int MORE_THREADS = 32;
    private static final int IDLE_THREADS = 4;
    private static final int LOOKS = 4;

    private final org.eclipse.jetty.server.Server server;
    private final ServerConnector tcp;
    private final Path socket;
    private final Idlers idlers;
    private final Bounds bounds;

    Server(DaemonOptions options, Bounds bounds, Api api) throws ManagerException {
        socket = options.socket();
        this.bounds = bounds;
        idlers = new Idlers(bounds);
        var threads = new QueuedThreadPool(bounds.connections() + MORE_THREADS, IDLE_THREADS);
        threads.setName("checkpointer-http");
        threads.setDaemon(true);
        server = new org.eclipse.jetty.server.Server(threads);
        var configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setUriCompliance(
                UriCompliance.DEFAULT.with("names", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
        var http = new HttpConnectionFactory(configuration);
        var unix = new UnixDomainServerConnector(server, 1, 1, new ConnectionFactory[] {http});
        unix.setUnixDomainPath(socket);
        unix.setIdleTimeout(bounds.idle().toMillis());
        unix.addBean(idlers);
        server.addConnector(unix);
        var token = options.port().isPresent() ? Token.of(options.token()) : Optional.<Token>empty();
        tcp = options.port().isPresent() ? loopback(options.port().getAsInt(), http) : null;
        server.setErrorHandler(new Refusals());
        server.setHandler(new Requests(api, new Access(socket, token), bounds, idlers));
        start();
    }

    private ServerConnector loopback(int port, HttpConnectionFactory http) {
        var connector = new ServerConnector(server, 1, 1, http);
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setIdleTimeout(bounds.idle().toMillis());
        connector.addBean(idlers);
        server.addConnector(connector);
        return connector;
    }

    /** The beginning of every answer. A browser is to guess, keep and run nothing of it. */
    private static void begin(Response response, Answer answer) {
        response.setStatus(answer.status());
        var headers = response.getHeaders();
        headers.put("Content-Type", answer.type());
        headers.put("Cache-Control", "no-store");
        headers.put("Content-Security-Policy", StatusPage.POLICY);
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("X-Content-Type-Options", "nosniff");
    }

    private void start() throws ManagerException {
        try {
            var directory = socket.toAbsolutePath().getParent();
            if (!Files.exists(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            }
            requireFree();
            server.start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        } catch (ManagerException e) {
            throw e;
        } catch (Exception e) {
            close();
            throw new ManagerException(
                    Kind.FAILED,
                    "cannot listen on " + socket + (tcp == null ? "" : " and port " + tcp.getPort()) + ": "
                            + e.getMessage(),
                    "Set checkpointer.socket to a path below a directory that this user may write",
                    e);
        }
    }

    /** A daemon that was killed leaves its socket behind. */
    private void requireFree() throws IOException, ManagerException {
        if (!Files.exists(socket)) {
            return;
        }
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            Files.delete(socket);
            return;
        }
        throw new ManagerException(
                Kind.CONFLICT,
                "another daemon listens on " + socket,
                "Use that one, or set checkpointer.socket to another path");
    }

    /** Lets it end clients that only hold a connection. */
    void look(ScheduledExecutorService scheduler) {
        long pause = bounds.idle().toMillis() / LOOKS;
        scheduler.scheduleWithFixedDelay(idlers::end, pause, pause, TimeUnit.MILLISECONDS);
    }

    int port() {
        return tcp == null ? 0 : tcp.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            // it ends with this process
        }
    }

    /** What Jetty refuses itself, in the form of all failures. */
    private static final class Refusals extends ErrorHandler {
        @Override
        protected void generateResponse(
                Request request, Response response, int code, String message, Throwable cause, Callback callback)
                throws IOException {
            var answer = Answer.failure(code, "invalid", message == null ? "status " + code : message, "");
            begin(response, answer);
            var text = new ByteArrayOutputStream();
            try {
                answer.body().write(text);
            } catch (ManagerException e) {
                throw new IOException(e);
            }
            Content.Sink.write(response, true, text.toString(StandardCharsets.UTF_8), callback);
        }
    }

    /** From Jetty's words to ours. */
    private static final class Requests extends Handler.Abstract {
        private final Api api;
        private final Access access;
        private final Bounds bounds;
        private final Idlers idlers;

        Requests(Api api, Access access, Bounds bounds, Idlers idlers) {
            this.bounds = bounds;
            this.idlers = idlers;
            this.api = api;
            this.access = access;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            var connection = request.getConnectionMetaData().getConnection();
            idlers.begin(connection);
            // A dump takes its time, and a log may be quiet; who does not read or send is another matter, and Jetty's.
            request.addIdleTimeoutListener(timeout -> false);
            try {
                handleNow(request, response, callback);
            } finally {
                idlers.finish(connection);
            }
            return true;
        }

        private void handleNow(Request request, Response response, Callback callback) {
            try {
                write(answer(request), request, response);
                callback.succeeded();
            } catch (ManagerException e) {
                if (response.isCommitted()) {
                    callback.failed(e);
                } else {
                    fail(e, request, response, callback);
                }
            } catch (IOException e) {
                callback.failed(e); // the client has gone
            }
        }

        private static void fail(ManagerException failure, Request request, Response response, Callback callback) {
            try {
                write(Answer.failure(failure), request, response);
                callback.succeeded();
            } catch (IOException | ManagerException e) {
                callback.failed(e);
            }
        }

        private static void write(Answer answer, Request request, Response response)
                throws IOException, ManagerException {
            begin(response, answer);
            if (!request.getMethod().equals("HEAD")) {
                var output = new BufferedOutputStream(Content.Sink.asOutputStream(response));
                answer.body().write(output);
                output.close(); // not after a failure, which is told instead
            }
        }

        private Answer answer(Request request) {
            try {
                access.requireLocal(request);
                var page = StatusPage.answer(request);
                if (page.isPresent()) {
                    return page.get();
                }
                access.requireToken(request);
                request.setAttribute(Bounds.class.getName(), bounds);
                return api.answer(request);
            } catch (ManagerException e) {
                return Answer.failure(e);
            } catch (RuntimeException e) {
                System.getLogger("dev.checkpointer").log(System.Logger.Level.ERROR, "a request failed", e);
                return Answer.failure(500, "failed", "the daemon has a defect: " + e, "Look at its log, and report it");
            }
        }
    }
}
