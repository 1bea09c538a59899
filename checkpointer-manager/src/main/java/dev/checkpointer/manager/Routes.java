package dev.checkpointer.manager;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Request;

/** Which request is answered by what. Not changed any more when the first request comes. */
final class Routes {
    /** Answers requests. */
    interface Route {
        Answer answer(Call call) throws ManagerException;
    }

    private record Entry(String method, List<String> path, Route route) {}

    private final List<Entry> entries = new ArrayList<>();

    /** A segment in braces stands for any. */
    void add(String method, String path, Route route) {
        entries.add(new Entry(method, segments(path), route));
    }

    /** Methods and paths, as {@code GET /v1/services/{id}}. */
    List<String> list() {
        return entries.stream()
                .map(entry -> entry.method() + " /" + String.join("/", entry.path()))
                .toList();
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    Answer answer(Request request) throws ManagerException {
        var path = segments(request.getHttpURI().getPath());
        var methods = new ArrayList<String>();
        for (var entry : entries) {
            var braces = match(entry.path(), path);
            if (braces.isPresent()) {
                if (entry.method().equals(request.getMethod())) {
                    return entry.route().answer(new Call(request, braces.get()));
                }
                methods.add(entry.method());
            }
        }
        if (methods.isEmpty()) {
            return Answer.failure(
                    404,
                    "missing",
                    "there is nothing at " + request.getHttpURI().getPath(),
                    "");
        }
        var allowed = methods.stream().collect(Collectors.joining(" and "));
        return Answer.failure(405, "invalid", "this path understands " + allowed, "");
    }

    private static Optional<Map<String, String>> match(List<String> pattern, List<String> path) {
        if (pattern.size() != path.size()) {
            return Optional.empty();
        }
        var braces = new HashMap<String, String>();
        for (int i = 0; i < path.size(); i++) {
            var part = pattern.get(i);
            if (part.startsWith("{")) {
                braces.put(part.substring(1, part.length() - 1), decoded(path.get(i)));
            } else if (!part.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(braces);
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
