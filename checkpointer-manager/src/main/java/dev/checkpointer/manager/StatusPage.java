package dev.checkpointer.manager;

import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/**
 * What a browser shows of the daemon at {@code /}. The page has no data in it, and so is given to every local process; its script
 * asks for the rest with the token, which the user brings along.
 */
final class StatusPage {
    /** What may be in it: its own files. Nothing shows it in a frame, and no text becomes markup. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    private static final String SCRIPT = "text/javascript; charset=utf-8";

    private record File(String type, String name) {
        Answer answer() {
            return Answer.resource(type, name);
        }
    }

    private static final Map<String, File> FILES = Map.of(
            "/", new File("text/html; charset=utf-8", "page/page.html"),
            "/page.css", new File("text/css; charset=utf-8", "page/page.css"),
            "/page.js", new File(SCRIPT, "page/page.js"),
            "/daemon.js", new File(SCRIPT, "page/daemon.js"),
            "/table.js", new File(SCRIPT, "page/table.js"),
            "/icon.svg", new File("image/svg+xml", "page/icon.svg"));

    private StatusPage() {}

    /** Empty when the request is for something else. */
    static Optional<Answer> answer(Request request) {
        return Optional.ofNullable(FILES.get(request.getHttpURI().getPath()))
                .filter(file -> request.getMethod().equals("GET"))
                .map(File::answer);
    }
}
