package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's page as a browser shows it, and what its buttons do to real programs. Pictures of it are left in target. */
@Tag("distribution") // when all jars are there
class StatusPageTest {
    private static final Path COMMAND = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    private static final long SECONDS = 120;
    private static final String EVIL = "document.title='owned'";

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process daemon;
    private int port;
    private String token;
    private Browser browser;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Browser.missing().isEmpty(), () -> Browser.missing().orElseThrow());
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        launchDaemon();
        browser = new Browser(directory.resolve("browser"));
        browser.screen(1280, 800);
    }

    private void launchDaemon() throws Exception {
        var log = directory.resolve("daemon.log");
        Files.deleteIfExists(log);
        var builder = new ProcessBuilder(COMMAND.toString(), "daemon", "--foreground", "--http", "127.0.0.1:" + port);
        builder.environment()
                .put("CHECKPOINTER_STATE", directory.resolve("state").toString());
        builder.environment()
                .put("CHECKPOINTER_SOCKET", directory.resolve("d.sock").toString());
        builder.environment().put("TMPDIR", directory.toString());
        daemon = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        Await.until("the daemon", () -> !daemon.isAlive() || read(log).contains("http://127.0.0.1:" + port));
        assertTrue(daemon.isAlive(), () -> read(log));
        token = read(directory.resolve("state/token")).strip();
        assertEquals(-1, read(log).indexOf(token), "the token is in the log");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    @AfterEach
    void end() throws Exception {
        if (daemon == null) {
            return;
        }
        try {
            if (browser != null) {
                browser.close();
            }
        } finally {
            if (daemon.isAlive()) {
                for (var service :
                        Cli.objects(ask("GET", "/v1/services", Map.of()).get("services"))) {
                    ask("DELETE", "/v1/services/" + service.get("id") + "?force", Map.of());
                }
            }
            daemon.destroy();
            assertTrue(daemon.waitFor(SECONDS, TimeUnit.SECONDS));
            Await.until(
                    "the end of all",
                    () -> Processes.mentioning(directory.toString()).isEmpty());
        }
    }

    private Map<String, Object> ask(String method, String path, Map<String, ?> body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(SECONDS))
                .header("Authorization", "Bearer " + token)
                .method(method, BodyPublishers.ofString(JSON.std.asString(body)))
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertTrue(answer.statusCode() < 300, answer::body);
        return JSON.std.mapFrom(answer.body());
    }

    private String create(String name, String... command) throws Exception {
        var answer = ask("POST", "/v1/services", Map.of("name", name, "command", List.of(command)));
        return (String) answer.get("id");
    }

    private void open(String fragment) throws Exception {
        browser.open("http://127.0.0.1:" + port + "/" + fragment);
    }

    private static String row(String id) {
        return "tr[data-id='" + id + "']";
    }

    private static String button(String label) {
        return "button[aria-label='" + label + "']";
    }

    private void screenshots(String name) throws Exception {
        for (var scheme : List.of("light", "dark")) {
            browser.scheme(scheme);
            browser.screenshot(Path.of("target/status-page-" + name + "-" + scheme + ".png"));
        }
    }

    @Test
    void buttonsDumpRestoreStopAndStart() throws Exception {
        create("other", "sleep", "2000");
        var id = create("web", "sleep", "1000");
        open("#token=" + token);
        browser.await(row(id), "running");
        var pid = ask("GET", "/v1/services/web", Map.of()).get("pid").toString();
        assertTrue(browser.text(row(id)).contains(pid), browser.text(row(id)));
        assertTrue(browser.text(row(id)).contains("sleep 1000"), browser.text(row(id)));
        assertEquals("http://127.0.0.1:" + port + "/", browser.script("return location.href"), "the token is hidden");
        browser.await("#connection", "Live");
        browser.script("window.sameDocument = true");

        browser.click(button("Dump web"));
        browser.await(row(id), "dumped");
        browser.await("#events", "image.created");
        var image = (String) ask("GET", "/v1/services/web", Map.of()).get("image");
        browser.await(row(image), "sleep");
        assertTrue(browser.text(row(image)).contains("web"), browser.text(row(image)));
        browser.await(row(id) + " button:focus", "Restore"); // in the place of what was pressed

        var since = browser.script("return document.querySelector(\"" + row(id) + " time\").dateTime");
        browser.click(button("Restore image " + image));
        browser.await(row(id), "running");
        browser.await("#events", "service.restoring");
        assertNotEquals(since, browser.script("return document.querySelector(\"" + row(id) + " time\").dateTime"));
        screenshots("wide");

        browser.click(button("Stop web"));
        browser.click("#sure [value=no]");
        assertTrue(browser.text(row(id)).contains("running"));
        browser.click(button("Stop web"));
        browser.click("#sure [value=yes]");
        browser.await(row(id), "stopped");
        browser.click(button("Start web"));
        browser.await(row(id), "running");
        assertEquals("", browser.text("#notices"));
        assertEquals(true, browser.script("return window.sameDocument"), "nothing was loaded anew");
    }

    @Test
    void wordsOfProgramsAreTextAndFailuresAreTold() throws Exception {
        var opened = Files.writeString(directory.resolve("<img src=x onerror=" + EVIL + ">"), "text");
        var program = Files.copy(Path.of("/bin/sleep"), directory.resolve("<b>nap"));
        var id = create(
                "web",
                "sh",
                "-c",
                "exec 3<\"$1\"; exec \"$2\" 1000",
                "<script>" + EVIL + "</script>",
                opened.toString(),
                program.toString());
        ask("POST", "/v1/services/web/dump", Map.of());
        Files.delete(opened);
        open("#token=" + token);
        browser.await(row(id), "dumped");
        browser.await("#images", "<b>nap");
        browser.click(button("Restore web"));
        browser.await(row(id), "dead");
        browser.await(row(id) + " .reason", "the image in");
        browser.click(row(id) + " .reason summary");
        browser.await(row(id) + " .reason", "<img src=x onerror=");
        browser.await(".notice", "Restore web: ");
        assertTrue(browser.text(".notice").contains("<img src=x onerror="), browser.text(".notice"));
        browser.await("#events", "<img src=x onerror=");
        browser.click(row(id) + " td[data-title=Command] summary");
        assertTrue(browser.text(row(id)).contains("<script>" + EVIL + "</script>"), browser.text(row(id)));
        assertEquals(0, browser.script("return document.querySelectorAll('main img, main b, main script').length"));
        assertEquals("checkpointer", browser.script("return document.title"));
        screenshots("failure");

        for (int width : new int[] {360, 320}) {
            browser.screen(width, 740);
            assertEquals(
                    width,
                    browser.script("return Math.max(innerWidth, document.documentElement.scrollWidth)"),
                    "width");
        }
        browser.screen(360, 740);
        screenshots("phone");
        browser.click(".notice button");
        assertEquals("", browser.text("#notices"));
        screenshots("phone-below");
    }

    @Test
    void tokenIsAskedForAndAWrongOneIsTold() throws Exception {
        open("");
        browser.await("#door", "asks for its token");
        assertEquals("", browser.text("#room"));
        browser.type("#token", "wrong");
        browser.click("#entrance button");
        browser.await("#door-why", "the request has not the daemon's token");
        screenshots("door");
        browser.type("#token", token);
        browser.click("#entrance button");
        browser.await("#services-none", "There is none");
        open("");
        browser.await("#connection", "Live");
        browser.click("#leave");
        browser.await("#door", "asks for its token");
        open("");
        browser.await("#door", "asks for its token");
        open("#token=wrong");
        browser.await("#door-why", "the request has not the daemon's token");
    }

    @Test
    void pageFollowsTheNextDaemon() throws Exception {
        var id = create("web", "sleep", "1000");
        open("#token=" + token);
        browser.await("#connection", "Live");
        daemon.destroy();
        assertTrue(daemon.waitFor(SECONDS, TimeUnit.SECONDS));
        browser.await("#connection", "does not answer");
        browser.click(button("Dump web"));
        browser.await(".notice", "the daemon does not answer");
        browser.await(".notice .remedy", "Look whether it runs.");
        launchDaemon();
        browser.await("#connection", "Live");
        ask("POST", "/v1/services/web/stop", Map.of());
        browser.await(row(id), "stopped");
        browser.await("#events", "service.stopped");
    }
}
