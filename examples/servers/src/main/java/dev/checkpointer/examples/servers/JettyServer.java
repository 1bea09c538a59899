package dev.checkpointer.examples.servers;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/** Jetty with one handler. */
final class JettyServer {
    private JettyServer() {}

    static void start(int port, Supplier<String> page) throws Exception {
        var server = new Server(new InetSocketAddress("127.0.0.1", port));
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Sink.write(response, true, page.get(), callback);
                return true;
            }
        });
        server.start();
    }
}
