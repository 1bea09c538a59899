package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon and its OpenAPI document say the same. A script stands for the command that dumps and restores. */
class ApiDocumentTest {
    /** An image with one file; a restored program is another sleep. */
    private static final String COMMAND = """
            #!/bin/sh
            if [ "$1" = checkpoint ]; then
              mkdir -m 700 "$4"
              if [ -e "$0.broken" ]; then echo 'checkpointer: nothing works' >&2; exit 1; fi
              echo data >"$4/pages-1.img"
              printf 'format=1\\npid=7\\nimage.pages-1.img=5\\n' >"$4/manifest"
              case $* in *--leave-running*) ;; *) kill -9 "$2" ;; esac
            else
              while [ "$1" != --pidfile ]; do shift; done
              if [ -e "$0.broken" ]; then exit 113; fi
              setsid sleep 1000 &
              echo $! >"$2"
              wait
            fi
            """;

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Daemon daemon;
    private String token;
    private ApiDocument document;

    @BeforeEach
    void start() throws Exception {
        var command = Files.writeString(directory.resolve("command"), COMMAND);
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
        daemon = new Daemon(new DaemonOptions(
                directory.resolve("state"),
                directory.resolve("d.sock"),
                command,
                OptionalInt.of(0),
                Optional.of(directory.resolve("token")),
                1L << 20));
        token = Files.readString(directory.resolve("token")).strip();
        document = new ApiDocument(text(request("GET", "/v1/openapi.json", "", Map.of())));
    }

    @AfterEach
    void end() throws Exception {
        for (var service : services()) {
            request("DELETE", "/v1/services/" + service + "?force", "", Map.of());
        }
        daemon.close();
    }

    @SuppressWarnings("unchecked")
    private List<String> services() throws Exception {
        var answer = JSON.std.mapFrom(text(request("GET", "/v1/services", "", Map.of())));
        return ((List<Map<String, Object>>) answer.get("services"))
                .stream().map(service -> (String) service.get("id")).toList();
    }

    private HttpResponse<byte[]> request(String method, String path, Object body, Map<String, String> headers)
            throws IOException, InterruptedException {
        var content = body instanceof byte[] bytes ? bytes : ((String) body).getBytes(StandardCharsets.UTF_8);
        var builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .method(method, content.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(content));
        headers.forEach(builder::setHeader);
        return client.send(builder.build(), BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Asks, and holds question and answer against the document. */
    private String ask(int status, String method, String path, Object body, Map<String, String> headers)
            throws Exception {
        var answer = request(method, path, body, headers);
        var route = route(method, path);
        assertEquals(status, answer.statusCode(), () -> method + " " + path + ": " + text(answer));
        if (status < 400 && body instanceof String json && !json.isEmpty()) {
            document.requireRequest(route, json);
        }
        document.requireAnswer(
                route, status, answer.headers().firstValue("Content-Type").orElse(""), text(answer));
        return text(answer);
    }

    private String ask(int status, String method, String path, String body) throws Exception {
        return ask(status, method, path, body, Map.of());
    }

    private String route(String method, String path) {
        var plain = path.replaceFirst("[?].*", "");
        return daemon.routes().stream()
                .filter(route -> route.equals(method + " " + plain)
                        || Pattern.matches(route.replace("{id}", "(?!import$|prune$)[^/]+"), method + " " + plain))
                .findFirst()
                .orElseThrow();
    }

    private static String id(String answer) throws IOException {
        return (String) JSON.std.mapFrom(answer).get("id");
    }

    @Test
    void documentIsWhole() {
        assertEquals(new TreeSet<>(daemon.routes()), document.routes());
        assertEquals(Set.of(true), Set.copyOf(document.references().values()), document.references()::toString);
        for (var route : document.routes()) {
            assertEquals(route.contains("{id}") ? Set.of("id") : Set.of(), document.braces(route), route);
        }
    }

    @Test
    void answersAreAsDescribed() throws Exception {
        askAboutServices();
        askAboutImages();
        askForFailures();
        askForEvents();
        ask(200, "GET", "/v1/health", "");
        ask(200, "GET", "/v1/openapi.json", "");
        ask(200, "GET", "/metrics", "");
        var described = document.answers();
        described.removeIf(answer -> answer.endsWith(" default"));
        described.removeAll(document.seenAnswers());
        assertEquals(Set.of(), described, "described and never seen");
        var fields = document.fields();
        fields.removeAll(document.seenFields());
        assertEquals(Set.of(), fields, "described and never sent");
    }

    private void askAboutServices() throws Exception {
        ask(200, "GET", "/v1/services", "");
        ask(201, "POST", "/v1/services", """
                {"command": ["sleep", "1000"], "name": "full", "user": "root", "workdir": "/tmp", "env": {"A": "b"},
                 "restart": "on-failure", "isolate": false}""");
        ask(200, "GET", "/v1/services", "");
        ask(200, "GET", "/v1/services/full", "");
        ask(200, "POST", "/v1/services/full/stop", "{\"timeout\": 10}");
        ask(200, "GET", "/v1/services/full", "");
        ask(200, "POST", "/v1/services/full/start", "{}");
        ask(200, "GET", "/v1/services/full/logs?stream=err&tail=3", "");
        ask(201, "POST", "/v1/services/full/dump", "{\"leaveRunning\": true}");
        ask(201, "POST", "/v1/services/full/dump", "");
        ask(200, "GET", "/v1/services/full", "");
        ask(200, "DELETE", "/v1/services/full", "");
    }

    private void askAboutImages() throws Exception {
        ask(201, "POST", "/v1/services", "{\"command\": [\"sleep\", \"1000\"], \"name\": \"nap\"}");
        var image = id(ask(201, "POST", "/v1/services/nap/dump", "{}"));
        ask(201, "POST", "/v1/images/" + image + "/restore", "{}");
        ask(201, "POST", "/v1/images/" + image + "/restore", """
                {"count": 2, "name": "other", "env": {"A": "b"}, "properties": {"c": "d"}, "arguments": ["e"]}""");
        ask(200, "GET", "/v1/images/" + image, "");
        ask(200, "POST", "/v1/images/" + image + "/tag", "{\"tag\": \"nap:1\"}");
        ask(200, "GET", "/v1/images", "");
        assertTrue(ask(200, "POST", "/v1/images/nap:1/verify", "{}").contains("\"compared\" : false"));
        askAboutStandbys("/v1/images/nap:1");
        var pages = directory.resolve("state/images/" + image + "/image/pages-1.img");
        Files.writeString(pages, "DATA\n");
        assertTrue(
                ask(200, "POST", "/v1/images/nap:1/verify", "{\"trust\": true}").contains("\"ok\" : false"));
        Files.writeString(pages, "data\n");
        Files.setPosixFilePermissions(pages.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        ask(409, "POST", "/v1/images/nap:1/verify", "");
        ask(400, "GET", "/v1/images/nap:1/export", "", Map.of("Checkpointer-Key", "rusty"));
        ask(200, "GET", "/v1/images/nap:1/export", "");
        var archive = request("GET", "/v1/images/nap:1/export", "", Map.of()).body();
        ask(201, "POST", "/v1/images/import", archive, Map.of());
        ask(400, "POST", "/v1/images/import", Arrays.copyOf(archive, archive.length / 2), Map.of());
        ask(200, "POST", "/v1/images/prune", "{}");
        ask(409, "POST", "/v1/images/nap:1/restore", "{\"name\": \"nap\"}");
        Files.createFile(directory.resolve("command.broken"));
        ask(500, "POST", "/v1/services/nap/dump", "");
        ask(500, "POST", "/v1/images/nap:1/restore", "{\"name\": \"third\"}");
        ask(200, "PUT", "/v1/images/nap:1/standby", "{\"count\": 1}");
        ask(500, "POST", "/v1/images/nap:1/activate", "{}");
        awaitStandby("/v1/images/nap:1", "\"problem\" : \"");
        ask(200, "PUT", "/v1/images/nap:1/standby", "{\"count\": 0}");
        ask(200, "DELETE", "/v1/images/nap:1", "");
    }

    private void askAboutStandbys(String image) throws Exception {
        ask(409, "POST", image + "/activate", "");
        ask(400, "PUT", image + "/standby", "{}");
        ask(200, "PUT", image + "/standby", "{\"count\": 1}");
        awaitStandby(image, "\"ready\" : 1");
        ask(200, "GET", "/v1/services", "");
        ask(409, "DELETE", image, "");
        ask(409, "POST", image + "/activate", """
                {"env": {"A": "b"}, "properties": {"c": "d"}, "arguments": ["e"]}""");
        ask(201, "POST", image + "/activate", """
                {"name": "awake", "waitReady": true, "env": {}, "properties": {}, "arguments": []}""");
        ask(200, "PUT", image + "/standby", "{\"count\": 0}");
        awaitStandby(image, "\"ready\" : 0");
    }

    private void awaitStandby(String image, String part) {
        assertTrue(
                Waiting.until(TIMEOUT, () -> {
                    try {
                        return ask(200, "GET", image + "/standby", "").contains(part);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }),
                part);
    }

    /** Of every operation; a service {@code nap} runs. */
    private void askForFailures() throws Exception {
        for (var route : daemon.routes()) {
            var words = route.split(" ");
            var path = words[1].replace("{id}", words[1].contains("services") ? "nap" : "none");
            ask(403, words[0], path, "", Map.of("Authorization", "Bearer wrong"));
            if (words[1].contains("{id}")) {
                ask(404, words[0], words[1].replace("{id}", "none"), "");
            }
            if (document.answers().contains(route + " 400") && words[0].equals("POST")) {
                ask(400, words[0], path, "{\"surprise\": 1}");
            }
        }
        ask(400, "GET", "/v1/services/nap/logs?tail=all", "");
        ask(400, "GET", "/v1/events?after=all", "");
        ask(409, "POST", "/v1/services", "{\"command\": [\"true\"], \"name\": \"nap\"}");
        ask(500, "POST", "/v1/services", "{\"command\": [\"/no\"]}");
        ask(409, "POST", "/v1/services/nap/start", "");
        ask(409, "DELETE", "/v1/services/nap", "");
        ask(200, "POST", "/v1/services/nap/stop", "");
        ask(409, "POST", "/v1/services/nap/dump", "");
        ask(413, "POST", "/v1/services", "{\"name\": \"" + "x".repeat(1 << 20) + "\"}");
        askForAStartThatFails();
    }

    private void askForAStartThatFails() throws Exception {
        var program = directory.resolve("program");
        Files.writeString(program, "#!/bin/sh\nexec sleep 1000\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        ask(201, "POST", "/v1/services", "{\"command\": [\"" + program + "\"], \"name\": \"gone\"}");
        ask(200, "POST", "/v1/services/gone/stop", "");
        Files.delete(program);
        ask(500, "POST", "/v1/services/gone/start", "");
        assertFalse(ask(200, "GET", "/v1/services/gone", "").contains("\"reason\" : \"\""));
    }

    private void askForEvents() throws Exception {
        var question = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + "/v1/events?after=0"))
                .header("Authorization", "Bearer " + token)
                .build();
        var answer = client.send(question, BodyHandlers.ofLines());
        document.requireAnswer(
                "GET /v1/events",
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(""),
                "");
        try (var lines = answer.body()) {
            var events = lines.filter(line -> line.startsWith("data: "))
                    .limit(20)
                    .map(line -> line.substring("data: ".length()))
                    .toList();
            events.forEach(event -> document.requireSchema("Event", event));
            assertEquals(20, events.size());
        }
    }
}
