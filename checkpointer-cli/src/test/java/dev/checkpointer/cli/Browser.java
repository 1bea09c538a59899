package dev.checkpointer.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Chromium without a window, by the WebDriver protocol of its driver (www.w3.org/TR/webdriver2). It reaches the loopback address
 * alone, writes below one directory, and ends with all of its processes.
 */
final class Browser implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
    private static final List<String> BROWSERS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final List<String> DRIVERS =
            List.of("/usr/bin/chromedriver", "/usr/lib64/chromium-browser/chromedriver");
    /** The protocol's name for the field with an element's reference. */
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path directory;
    private final Process driver;
    private final String session;

    /** With an empty directory for all that it writes. */
    Browser(Path directory) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        var log = directory.resolve("driver.log");
        var builder = new ProcessBuilder(found(DRIVERS).orElseThrow(), "--port=0")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        var path = builder.environment().get("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        for (var name : List.of("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")) {
            builder.environment().put(name, brief(directory).toString());
        }
        driver = builder.start();
        try {
            Await.until("chromedriver", () -> !driver.isAlive() || port(log).isPresent());
            var address = "http://127.0.0.1:" + port(log).orElseThrow(() -> new IOException(read(log))) + "/session";
            session = address + "/"
                    + ask("POST", address, Map.of("capabilities", Map.of("alwaysMatch", capabilities())))
                            .get("sessionId");
        } catch (IOException | InterruptedException | AssertionError e) {
            endProcesses();
            throw e;
        }
    }

    /** Why there is none; empty when there is. */
    static Optional<String> missing() {
        return found(BROWSERS).isPresent() && found(DRIVERS).isPresent()
                ? Optional.empty()
                : Optional.of("Chromium or its driver is not installed; bin/setup --tests does it");
    }

    /** A name that is short enough for a socket in it, wherever this project is. */
    private static Path brief(Path directory) {
        var here = Path.of("").toAbsolutePath();
        return directory.startsWith(here)
                ? Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "cwd")
                        .resolve(here.relativize(directory))
                : directory;
    }

    private static Optional<String> found(List<String> places) {
        return places.stream()
                .filter(place -> Files.isExecutable(Path.of(place)))
                .findFirst();
    }

    private static Optional<String> port(Path log) {
        return PORT.matcher(read(log)).results().map(match -> match.group(1)).findFirst();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private Map<String, Object> capabilities() {
        var arguments = new ArrayList<>(List.of(
                "--headless",
                "--disable-gpu",
                "--disable-dev-shm-usage", // shared memory in the directory
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-breakpad",
                "--disable-sync",
                "--no-first-run",
                "--no-proxy-server",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--user-data-dir=" + directory.resolve("profile")));
        if ("root".equals(System.getProperty("user.name"))) {
            arguments.add("--no-sandbox");
        }
        return Map.of(
                "browserName",
                "chrome",
                "goog:chromeOptions",
                Map.of("binary", found(BROWSERS).orElseThrow(), "args", arguments));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> ask(String method, String address, Map<String, ?> body)
            throws IOException, InterruptedException {
        var content =
                method.equals("POST") ? BodyPublishers.ofString(JSON.std.asString(body)) : BodyPublishers.noBody();
        var request = HttpRequest.newBuilder(URI.create(address))
                .timeout(TIMEOUT)
                .method(method, content)
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(method + " " + address + " " + body + ": " + answer.body());
        }
        var value = JSON.std.mapFrom(answer.body()).get("value");
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : nullable(value);
    }

    private static Map<String, Object> nullable(Object value) {
        return value == null ? Map.of() : Map.of("value", value);
    }

    void open(String address) throws IOException, InterruptedException {
        ask("POST", session + "/url", Map.of("url", address));
    }

    /** What a function's body returns: a text, a number or a truth value; null for anything else. */
    Object script(String body) throws IOException, InterruptedException {
        return ask("POST", session + "/execute/sync", Map.of("script", body, "args", List.of()))
                .get("value");
    }

    private String element(String selector) throws IOException, InterruptedException {
        var found = ask("POST", session + "/element", Map.of("using", "css selector", "value", selector));
        return session + "/element/" + found.get(ELEMENT);
    }

    /** As with a mouse: it fails when the element cannot be seen, or another one is before it. */
    void click(String selector) throws IOException, InterruptedException {
        ask("POST", element(selector) + "/click", Map.of());
    }

    void type(String selector, String text) throws IOException, InterruptedException {
        ask("POST", element(selector) + "/value", Map.of("text", text));
    }

    /** What can be seen of an element; empty when there is none, or it is hidden. */
    String text(String selector) {
        try {
            return String.valueOf(script("const e = document.querySelector(" + JSON.std.asString(selector)
                    + "); return e && e.checkVisibility() ? e.innerText : ''"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void await(String selector, String part) {
        try {
            Await.until(selector + " has " + part, () -> text(selector).contains(part));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but '" + text(selector) + "' of: " + text("body"), e);
        }
    }

    private void chrome(String command, Map<String, ?> parameters) throws IOException, InterruptedException {
        ask("POST", session + "/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
    }

    /** A screen of that many pixels. */
    void screen(int width, int height) throws IOException, InterruptedException {
        chrome(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** {@code light} or {@code dark}. */
    void scheme(String scheme) throws IOException, InterruptedException {
        chrome(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** For people who want to see it. */
    void screenshot(Path file) throws IOException, InterruptedException {
        var picture = (String) ask("GET", session + "/screenshot", Map.of()).get("value");
        Files.write(file, Base64.getDecoder().decode(picture));
    }

    @Override
    public void close() throws IOException {
        var below = driver.descendants().toList();
        try {
            ask("DELETE", session, Map.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            below.forEach(ProcessHandle::destroyForcibly);
            endProcesses();
        }
    }

    private void endProcesses() {
        driver.descendants().forEach(ProcessHandle::destroyForcibly);
        Processes.end(driver.pid());
        // Some are nobody's children; their command lines name the profile.
        for (var line : Processes.mentioning(directory.toString())) {
            Processes.end(Long.parseLong(line.split(" ")[0]));
        }
    }
}
