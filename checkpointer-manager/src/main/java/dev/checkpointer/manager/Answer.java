package dev.checkpointer.manager;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a request gets.
 *
 * @param status of HTTP
 * @param type of its content
 * @param body writes the content
 */
record Answer(int status, String type, Body body) {
    /** May take its time, and fail; then the client gets the failure, or, when it has begun to get an answer, no end of that. */
    interface Body {
        void write(OutputStream output) throws IOException, ManagerException;
    }

    static Answer ok(Map<String, ?> document) {
        return json(200, document);
    }

    static Answer json(int status, Map<String, ?> document) {
        return new Answer(
                status,
                "application/json",
                output -> output.write(
                        (Documents.JSON_FORMAT.asString(document) + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    static Answer list(String name, List<Map<String, Object>> documents) {
        return ok(Map.of(name, documents));
    }

    static Answer text(String type, String text) {
        return new Answer(200, type, output -> output.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A file of this package. */
    static Answer resource(String type, String name) {
        return new Answer(200, type, output -> {
            try (var stream = Answer.class.getResourceAsStream(name)) {
                stream.transferTo(output);
            }
        });
    }

    static Answer failure(ManagerException e) {
        int status = switch (e.kind()) {
            case INVALID -> 400;
            case FORBIDDEN -> 403;
            case MISSING -> 404;
            case CONFLICT -> 409;
            case TOO_LARGE -> 413;
            case FAILED -> 500;
        };
        return failure(status, e.kind().name().toLowerCase(Locale.ROOT), e.getMessage(), e.remedy());
    }

    static Answer failure(int status, String kind, String message, String remedy) {
        return json(status, Map.of("error", Map.of("kind", kind, "message", message, "remedy", remedy)));
    }
}
