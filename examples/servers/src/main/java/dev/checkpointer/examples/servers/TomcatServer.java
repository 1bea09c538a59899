package dev.checkpointer.examples.servers;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** Tomcat with one servlet. */
final class TomcatServer {
    private TomcatServer() {}

    static void start(int port, Supplier<String> page) throws LifecycleException {
        var tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(port);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        var context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "page", new PageServlet(page));
        context.addServletMapping("/", "page");
        tomcat.start();
    }

    private static final class PageServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient Supplier<String> page;

        PageServlet(Supplier<String> page) {
            this.page = page;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(page.get());
        }
    }
}
