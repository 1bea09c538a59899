package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** An OpenAPI document, against which requests and answers are held; what was seen of it is counted. */
final class ApiDocument {
    private static final String NAME = "urn:checkpointer:api";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");

    private final Map<String, Object> document;
    private final SchemaRegistry schemas;
    private final Set<String> seenAnswers = new TreeSet<>();
    private final Set<String> seenFields = new TreeSet<>();

    ApiDocument(String text) throws IOException {
        document = JSON.std.mapFrom(text);
        schemas = SchemaRegistry.withDialect(
                Dialects.getOpenApi31(),
                builder -> builder.schemas(Map.of(NAME, text)).build());
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object parent, String... names) {
        var found = (Map<String, Object>) parent;
        for (var name : names) {
            found = (Map<String, Object>) found.getOrDefault(name, Map.of());
        }
        return found;
    }

    /** As {@link Routes#list}. */
    Set<String> routes() {
        var routes = new TreeSet<String>();
        object(document, "paths")
                .forEach((path, methods) -> object(methods).keySet().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> routes.add(method.toUpperCase() + " " + path)));
        return routes;
    }

    /** What an operation may answer, each as {@code POST /v1/services 201}. */
    Set<String> answers() {
        var answers = new TreeSet<String>();
        for (var route : routes()) {
            operation(route, "responses").keySet().forEach(status -> answers.add(route + " " + status));
        }
        return answers;
    }

    private Map<String, Object> operation(String route, String... names) {
        var words = route.split(" ");
        var operation = object(document, "paths", words[1], words[0].toLowerCase());
        return object(operation, names);
    }

    Set<String> seenAnswers() {
        return seenAnswers;
    }

    /** The fields of bodies, each as {@code POST /v1/services name}. */
    Set<String> fields() {
        var fields = new TreeSet<String>();
        for (var route : routes()) {
            var schema = operation(route, "requestBody", "content", "application/json", "schema");
            object(resolved(schema), "properties").keySet().forEach(field -> fields.add(route + " " + field));
        }
        return fields;
    }

    Set<String> seenFields() {
        return seenFields;
    }

    private Map<String, Object> resolved(Map<String, Object> part) {
        return part.containsKey("$ref")
                ? object(document, pointer(part).substring(2).split("/"))
                : part;
    }

    private static String pointer(Map<String, Object> part) {
        return (String) part.get("$ref");
    }

    /** A body that the daemon took. */
    void requireRequest(String route, String body) throws IOException {
        var content = operation(route, "requestBody", "content");
        assertTrue(!content.isEmpty(), () -> route + " has no body");
        if (content.containsKey("application/json")) {
            valid(body, at(route) + "/requestBody/content/application~1json/schema", route + " with " + body);
            JSON.std.mapFrom(body).keySet().forEach(field -> seenFields.add(route + " " + field));
        }
    }

    /** An answer to an operation, whatever its status. */
    void requireAnswer(String route, int status, String type, String body) {
        var what = route + " " + status + ": " + body;
        var responses = operation(route, "responses");
        var key = responses.containsKey("" + status) ? "" + status : "default";
        assertTrue(key.equals("" + status) || status >= 400, () -> "not described: " + what);
        seenAnswers.add(route + " " + key);
        var response = object(responses, key);
        var content = object(resolved(response), "content");
        assertEquals(Set.of(type), content.keySet(), what);
        if (type.equals("application/json")) {
            var pointer = response.containsKey("$ref") ? pointer(response) : at(route) + "/responses/" + key;
            valid(body, pointer + "/content/application~1json/schema", what);
        }
    }

    void requireSchema(String name, String text) {
        valid(text, "#/components/schemas/" + name, text);
    }

    private static String at(String route) {
        var words = route.split(" ");
        return "#/paths/" + words[1].replace("/", "~1") + "/" + words[0].toLowerCase();
    }

    private void valid(String text, String pointer, String what) {
        // A pointer within a URI.
        var fragment = pointer.replace("{", "%7B").replace("}", "%7D");
        var errors = schemas.getSchema(SchemaLocation.of(NAME + fragment))
                .validate(
                        text,
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
        assertEquals(List.of(), errors, what);
    }

    /** The parameters of an operation that are part of its path. */
    Set<String> braces(String route) {
        var names = new TreeSet<String>();
        var path = object(document, "paths", route.split(" ")[1]);
        for (var list : List.of(path, operation(route))) {
            for (var parameter : (List<?>) list.getOrDefault("parameters", List.of())) {
                var found = resolved(object(parameter));
                if ("path".equals(found.get("in"))) {
                    names.add((String) found.get("name"));
                }
            }
        }
        return names;
    }

    /** Every reference, with whether it leads to something. */
    Map<String, Boolean> references() {
        var found = new HashMap<String, Boolean>();
        collect(document, found);
        return found;
    }

    private void collect(Object part, Map<String, Boolean> found) {
        if (part instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                found.put(reference, !resolved(object(map)).isEmpty());
            }
            map.values().forEach(value -> collect(value, found));
        } else if (part instanceof List<?> list) {
            list.forEach(value -> collect(value, found));
        }
    }
}
