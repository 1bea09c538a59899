package dev.checkpointer.manager;

import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JSONObjectException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Fields;

/** A request, with what stands for the braces of its route's path. For one thread. */
final class Call {
    private static final int MOST_BYTES = 1 << 20;
    private static final int BUFFER = 8192;

    private final Request request;
    private final Map<String, String> path;

    Call(Request request, Map<String, String> path) {
        this.request = request;
        this.path = path;
    }

    String path(String name) {
        return path.get(name);
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(parameters().getValue(name));
    }

    /** Whether the query has it, without a value or with {@code true}. */
    boolean flag(String name) {
        return query(name)
                .filter(value -> value.isEmpty() || value.equals("true"))
                .isPresent();
    }

    private Fields parameters() {
        return Request.extractQueryParameters(request, StandardCharsets.UTF_8);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** Whether the client has closed its end; for answers that do not end by themselves. */
    boolean abandoned() {
        try {
            var endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
            return endPoint.fill(BufferUtil.allocate(1)) != 0; // a further request is none of theirs
        } catch (IOException e) {
            return true;
        }
    }

    InputStream body() {
        return Content.Source.asInputStream(request);
    }

    /** The JSON object in the body; no body is an empty one. */
    dev.checkpointer.manager.Fields fields() throws ManagerException {
        return new dev.checkpointer.manager.Fields(document());
    }

    Map<String, Object> document() throws ManagerException {
        byte[] bytes;
        try {
            bytes = read();
        } catch (IOException e) {
            throw new ManagerException(Kind.INVALID, "the body cannot be read: " + e.getMessage(), "", e);
        }
        if (bytes.length > MOST_BYTES) {
            throw new ManagerException(Kind.TOO_LARGE, "the body is longer than " + MOST_BYTES + " bytes", "");
        }
        if (bytes.length == 0) {
            return Map.of();
        }
        try {
            var document =
                    JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS).mapFrom(bytes);
            if (document != null) {
                return document;
            }
        } catch (JSONObjectException e) {
            throw notJson(e.getOriginalMessage());
        } catch (IOException e) {
            throw notJson(e.getMessage().lines().findFirst().orElse(""));
        }
        throw notJson("it is null");
    }

    /** A client that sends byte by byte holds a thread only for so long. */
    private byte[] read() throws IOException, ManagerException {
        var bounds = (Bounds) request.getAttribute(Bounds.class.getName());
        long end = System.nanoTime() + bounds.body().toNanos();
        var bytes = new ByteArrayOutputStream();
        var buffer = new byte[BUFFER];
        var input = body();
        for (int count = input.read(buffer); count >= 0 && bytes.size() <= MOST_BYTES; count = input.read(buffer)) {
            bytes.write(buffer, 0, count);
            if (System.nanoTime() > end) {
                throw dev.checkpointer.manager.Fields.invalid(
                        "the body did not come within " + bounds.body().toSeconds() + " s");
            }
        }
        return bytes.toByteArray();
    }

    private static ManagerException notJson(String why) {
        return dev.checkpointer.manager.Fields.invalid("the body is no JSON object: " + why);
    }
}
