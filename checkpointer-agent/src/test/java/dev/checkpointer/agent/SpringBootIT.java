package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
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
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example's fat jar with nothing but the agent on its command line. */
class SpringBootIT {
    private static final Path JAR =
            Path.of(System.getProperty("test.root"), "examples/spring-boot/target/spring-boot-example.jar");
    private static final Pattern RESTORED =
            Pattern.compile("Restored Application in ([0-9.]+) seconds \\(process running for ([0-9.]+)\\)");

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void needsTheExample() {
        assertTrue(Files.exists(JAR), JAR + " is missing: build the examples first, mvn -DskipTests package");
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void isTakenToAnImageWhenItIsHealthy(Jdk jdk) throws Exception {
        int port = freePort();
        var health = "http://127.0.0.1:" + port + "/actuator/health";
        var directory = AgentFixture.newDirectory();
        var jar = withoutCheckpointer(directory.resolve("app.jar"));
        var process = start(jdk, directory, port, jar, "at=http:" + health);
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
            AgentFixture.deleteImage(directory);
            Files.delete(jar);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void logsHowLongItsRestoreTook(Jdk jdk) throws Exception {
        var directory = AgentFixture.newDirectory();
        var process = start(jdk, directory, freePort(), JAR, "timeout=60s", "-Dspring.context.checkpoint=onRefresh");
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
            AgentFixture.deleteImage(directory);
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

    private static Process start(Jdk jdk, Path directory, int port, Path jar, String agent, String... options)
            throws IOException {
        var command = new ArrayList<>(List.of("setsid", jdk.java().toString(), "-Djava.io.tmpdir=" + directory));
        command.add("-javaagent:" + AgentFixture.AGENT + "=control=" + directory + "/c,image=" + directory + "/image,"
                + agent);
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
