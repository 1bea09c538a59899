package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets the page and the data in it, as a browser's headers tell. What it looks like is tested with a browser. */
class StatusPageTest {
    private static final int TIMEOUT_MILLIS = 30_000;

    @TempDir
    Path directory;

    private Daemon daemon;
    private String token;

    @BeforeEach
    void start() throws Exception {
        daemon = new Daemon(new DaemonOptions(
                directory.resolve("state"),
                directory.resolve("d.sock"),
                Path.of("/nowhere/checkpointer"),
                OptionalInt.of(0),
                Optional.of(directory.resolve("token")),
                1L << 20));
        token = "Authorization: Bearer "
                + Files.readString(directory.resolve("token")).strip() + "\r\n";
    }

    @AfterEach
    void end() {
        daemon.close();
    }

    private String ask(String method, String path, String headers) throws IOException {
        try (var tcp = new Socket(InetAddress.getLoopbackAddress(), daemon.port())) {
            tcp.setSoTimeout(TIMEOUT_MILLIS);
            tcp.getOutputStream()
                    .write((method + " " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            return new String(tcp.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String host() {
        return "Host: 127.0.0.1:" + daemon.port() + "\r\n";
    }

    private static void requireStatus(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/page.css, text/css; charset=utf-8",
        "/page.js, text/javascript; charset=utf-8",
        "/daemon.js, text/javascript; charset=utf-8",
        "/table.js, text/javascript; charset=utf-8",
        "/icon.svg, image/svg+xml"
    })
    void pageNeedsNoToken(String path, String type) throws Exception {
        var answer = ask("GET", path, host());
        requireStatus(200, answer);
        assertTrue(answer.contains("Content-Type: " + type + "\r\n"), answer);
        requireSafe(answer);
        requireStatus(403, ask("POST", path, host()));
        requireStatus(403, ask("GET", path, "Host: evil.example\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/services",
                "/v1/images",
                "/v1/events",
                "/v1/openapi.json",
                "/metrics",
                "/page",
                "/page/page.js"
            })
    void dataNeedsTheToken(String path) throws Exception {
        var answer = ask("GET", path, host());
        requireStatus(403, answer);
        requireSafe(answer);
    }

    private static void requireSafe(String answer) {
        var headers = answer.substring(0, answer.indexOf("\r\n\r\n"));
        for (var line : new String[] {
            "X-Content-Type-Options: nosniff", "Cache-Control: no-store", "Referrer-Policy: no-referrer"
        }) {
            assertTrue(headers.contains("\r\n" + line), headers);
        }
        assertTrue(headers.contains("\r\nContent-Security-Policy: default-src 'none'; script-src 'self';"), headers);
        assertEquals(-1, headers.indexOf("unsafe"), headers);
        assertEquals(-1, headers.toLowerCase(Locale.ROOT).indexOf("access-control"), headers);
        assertEquals(-1, headers.toLowerCase(Locale.ROOT).indexOf("set-cookie"), headers);
    }

    /** A name that leads here, the question of a browser whether another site may ask, and such a site itself. */
    @Test
    void otherSitesGetNothing() throws Exception {
        var origin = "Origin: http://evil.example\r\n";
        requireStatus(403, ask("GET", "/v1/services", "Host: evil.example:" + daemon.port() + "\r\n" + token));
        requireStatus(403, ask("GET", "/v1/services", host() + token + origin));
        requireStatus(403, ask("GET", "/v1/services", host() + token + "Origin: null\r\n"));
        requireStatus(403, ask("GET", "/", host() + origin));
        var preflight =
                ask("OPTIONS", "/v1/services", host() + origin + "Access-Control-Request-Headers: authorization\r\n");
        requireStatus(403, preflight);
        requireSafe(preflight);
        requireStatus(200, ask("GET", "/v1/services", host() + token + host().replace("Host: ", "Origin: http://")));
    }

    @Test
    void whatTheServerRefusesItselfIsSafe() throws Exception {
        var answer = ask("GET", "/%2e%2e/token", host() + token);
        requireStatus(400, answer);
        requireSafe(answer);
    }
}
