package dev.checkpointer.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example's fat jar with nothing but the agent on its command line. */
class AgentIT {
    private static final Path JAR =
            Path.of(System.getProperty("test.root"), "examples/spring-boot/target/spring-boot-example.jar");
    private static final Pattern RESTORED =
            Pattern.compile("Restored Application in ([0-9.]+) seconds \\(process running for ([0-9.]+)\\)");

    private final HttpClient client = HttpClient.newHttpClient();

    /** Short, since a socket's path is. */
    private final Path directory = JAR.resolveSibling("a")
            .resolve(Long.toString(ProcessHandle.current().pid()));

    /** The program that was restored. */
    private record Restored(long pid, Path outputFile) implements AutoCloseable {
        static Restored from(Path image) throws IOException {
            var output = image.resolveSibling("restored.txt");
            var result = Processes.run(List.of(
                    System.getProperty("test.root") + "/bin/checkpointer",
                    "restore",
                    image.toString(),
                    "--detach",
                    "--output",
                    output.toString()));
            assertEquals(0, result.status(), result.output());
            return new Restored(Long.parseLong(result.output().strip()), output);
        }

        String output() {
            try {
                return Files.readString(outputFile);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            Processes.end(pid);
        }
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        Files.createDirectories(directory);
    }

    /** An image is large. */
    @AfterEach
    void deleteDirectory() throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void isTakenToAnImageWhenItIsHealthy(Jdk jdk) throws Exception {
        int port = freePort();
        var health = "http://127.0.0.1:" + port + "/actuator/health";
        var jar = withoutCheckpointer(directory.resolve("app.jar"));
        var process = start(jdk, port, jar, "at=http:" + health);
        try {
            Processes.awaitEnd(process.pid());
            var log = Files.readString(directory.resolve("output.txt"));
            assertTrue(log.contains("Started Application in "), log);
            assertFalse(log.contains("checkpointer:"), log);
            try (var restored = Restored.from(directory.resolve("image"))) {
                assertTrue(get(health).contains("\"UP\""), restored.output());
                assertFalse(restored.output().contains("checkpointer:"), restored.output());
                assertTrue(Processes.runs(restored.pid()));
            }
        } finally {
            Processes.end(process.pid());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void logsHowLongItsRestoreTook(Jdk jdk) throws Exception {
        var process = start(jdk, freePort(), JAR, "timeout=60s", "-Dspring.context.checkpoint=onRefresh");
        try {
            Processes.awaitEnd(process.pid());
            long dumped = System.nanoTime();
            try (var restored = Restored.from(directory.resolve("image"))) {
                var match = Await.value(
                        "the line of Spring Boot",
                        () -> Optional.of(RESTORED.matcher(restored.output())).filter(matcher -> matcher.find()));
                double most = (System.nanoTime() - dumped) / 1e9 + 0.01; // the kernel counts hundredths
                for (var seconds : List.of(match.group(1), match.group(2))) {
                    assertTrue(Double.parseDouble(seconds) > 0 && Double.parseDouble(seconds) <= most, match.group());
                }
                assertFalse(restored.output().contains("Started Application"), restored.output());
                assertFalse(restored.output().contains("JVM running for -1"), restored.output());
            }
        } finally {
            Processes.end(process.pid());
        }
    }

    /** The jar of somebody who has heard neither of checkpointer nor of org.crac. */
    private static Path withoutCheckpointer(Path copy) throws IOException {
        try (var jar = new ZipFile(JAR.toFile());
                var output = new ZipOutputStream(Files.newOutputStream(copy))) {
            for (var entry : Collections.list(jar.entries())) {
                if (!entry.getName().matches("BOOT-INF/lib/(checkpointer|crac)-.*")) {
                    var same = new ZipEntry(entry);
                    same.setCompressedSize(entry.getMethod() == ZipEntry.STORED ? entry.getSize() : -1);
                    output.putNextEntry(same);
                    jar.getInputStream(entry).transferTo(output);
                }
            }
        }
        return copy;
    }

    private Process start(Jdk jdk, int port, Path jar, String agent, String... options) throws IOException {
        var command = new ArrayList<>(List.of("setsid", jdk.java().toString(), "-Djava.io.tmpdir=" + directory));
        command.add("-javaagent:" + System.getProperty("test.agent") + "=control=" + directory + "/c,image=" + directory
                + "/image," + agent);
        command.addAll(List.of(options));
        command.addAll(List.of("-jar", jar.toString(), "--server.port=" + port));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
    }

    /** The restored program may not listen yet. */
    private String get(String url) {
        return Await.value("an answer of " + url, () -> {
            try {
                var request = HttpRequest.newBuilder(URI.create(url)).build();
                var answer = client.send(request, BodyHandlers.ofString());
                assertEquals(200, answer.statusCode());
                return Optional.of(answer.body());
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
