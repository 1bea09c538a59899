package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code checkpointer inspect} with the image of a real program, whole and damaged. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InspectTest {
    private static final String SECRET = "a value with spaces = and signs";

    private Path directory;
    private Path image;
    private long pid;
    private String[] ports;

    @BeforeAll
    void makeAnImage() throws Exception {
        directory = Files.createTempDirectory("inspect");
        image = directory.resolve("image");
        var jdk = Jdk.all().findFirst().orElseThrow();
        var builder = new ProcessBuilder(
                jdk.java().toString(),
                "-XX:+UseSerialGC",
                "-cp",
                Target.classPath(),
                InspectedProgram.class.getName(),
                directory.toString(),
                "two words");
        builder.environment().put("KNOWN_VARIABLE", SECRET);
        var process = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
        process.getOutputStream().close();
        pid = process.pid();
        try {
            var ready = directory.resolve("ready");
            Await.until("the program is ready", () -> Files.exists(ready) || !process.isAlive());
            ports = Files.readString(ready).split(" ");
            var ended =
                    Cli.run("checkpoint", Long.toString(pid), "--to", image.toString(), "--tcp", "close", "--no-hooks");
            assertEquals(0, ended.status(), ended.errors());
        } finally {
            Processes.end(pid);
        }
    }

    @AfterAll
    void removeIt() throws IOException {
        Processes.run(List.of("rm", "-rf", directory.toString()));
    }

    @Test
    void theProgramIsToldWithItsArgumentsThreadsAndEnvironment() throws Exception {
        var json = inspect("--json").json();
        assertEquals(pid, ((Number) json.get("pid")).longValue());
        assertEquals(1, json.get("processes"));
        assertTrue(((String) json.get("program")).endsWith("/bin/java"), json.toString());
        var arguments = (List<?>) json.get("arguments");
        assertEquals(
                List.of(InspectedProgram.class.getName(), directory.toString(), "two words"),
                arguments.subList(arguments.size() - 3, arguments.size()));
        var names = Cli.objects(json.get("threads")).stream()
                .map(thread -> thread.get("name"))
                .toList();
        assertTrue(names.contains("known-thread") && names.contains("VM Thread"), names.toString());
        assertTrue(((List<?>) json.get("environment")).contains("KNOWN_VARIABLE"), json.toString());
        assertEquals(true, json.get("restorable"), json.toString());
        assertEquals(false, json.get("pidInUse"));
        assertEquals("close", json.get("tcp"));
        assertTrue(((Number) Cli.object(json.get("statistics")).get("pagesWritten")).longValue() > 1000);
        long sum = Cli.object(json.get("bytesByKind")).values().stream()
                .mapToLong(bytes -> ((Number) bytes).longValue())
                .sum();
        assertEquals(sum, ((Number) json.get("bytes")).longValue());
    }

    @Test
    void valuesOfTheEnvironmentAreToldOnlyOnDemand() throws Exception {
        assertFalse(inspect().output().contains(SECRET));
        assertFalse(inspect("--json").output().contains(SECRET));
        assertTrue(inspect("--show-values").output().contains("KNOWN_VARIABLE"));
        assertTrue(inspect("--show-values").output().contains(SECRET));
        var environment = Cli.object(inspect("--show-values", "--json").json().get("environment"));
        assertEquals(SECRET, environment.get("KNOWN_VARIABLE"));
    }

    @Test
    void socketsAreToldWithAddressesAndStates() throws Exception {
        var json = inspect("--json").json();
        var sockets = Cli.objects(json.get("sockets")).stream()
                .map(s -> s.get("family") + " " + s.get("state") + " " + s.get("local") + " " + s.get("remote"))
                .toList();
        assertTrue(sockets.contains("tcp listening 127.0.0.1:" + ports[0] + " "), sockets.toString());
        assertTrue(
                sockets.contains("tcp established 127.0.0.1:" + ports[1] + " 127.0.0.1:" + ports[0])
                        || sockets.stream().anyMatch(s -> s.startsWith("tcp closed")),
                sockets.toString());
        assertTrue(
                sockets.stream().anyMatch(s -> s.startsWith("udp ") && s.contains(":" + ports[2])), sockets.toString());
        assertTrue(sockets.contains("unix listening " + directory.resolve("local.socket") + " "), sockets.toString());
        var descriptors = Cli.objects(json.get("descriptors"));
        assertTrue(
                descriptors.stream()
                        .anyMatch(d -> d.get("kind").equals("file")
                                && d.get("target")
                                        .equals(directory.resolve("opened.txt").toString())),
                descriptors.toString());
        assertEquals("pipe", descriptors.get(0).get("kind"), "standard input was a pipe");
    }

    @Test
    void peopleReadTheSame() {
        var text = inspect().output();
        assertTrue(text.startsWith("image     " + image + "\n"), text);
        assertTrue(text.contains("'two words'"), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("[0-9]+ +known-thread")), text);
        assertTrue(text.contains("restore   this machine fits\n"), text);
    }

    @Test
    void aMachineThatDoesNotFitIsToldWhy(@TempDir Path other) throws Exception {
        var copy = copy(other);
        var manifest = copy.resolve("manifest");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replaceFirst("boot=.*", "boot=another")
                        .replaceFirst("kernel=.*", "kernel=99.1.0")
                        .replaceFirst("cpu=", "cpu=telepathy "));
        var json = Cli.run("inspect", copy.toString(), "--json").json();
        assertEquals(false, json.get("restorable"));
        assertTrue(json.get("obstacles").toString().contains("is older than 99.1.0"), json.toString());
        assertTrue(json.get("obstacles").toString().contains("this processor lacks: telepathy"), json.toString());
    }

    @Test
    void whatIsNoFinishedImageIsToldInOneLine(@TempDir Path other) throws Exception {
        refused(other.resolve("nothing"), "there is no directory");
        refused(other, "is empty");
        Files.writeString(other.resolve("file"), "");
        refused(other, "is not an image of checkpointer: it has no manifest");
        Files.writeString(other.resolve("manifest.part"), "format=1\n");
        refused(other, "was not finished");
    }

    @Test
    void aDamagedImageIsToldInOneLine(@TempDir Path other) throws Exception {
        var copy = copy(other);
        Files.writeString(copy.resolve("files.img"), "short");
        refused(copy, "is damaged: files.img has not the size of");
        Files.write(copy.resolve("files.img"), new byte[(int) Files.size(image.resolve("files.img"))]);
        refused(copy, "is damaged: files.img: it begins with 00000000 00000000");
        Files.delete(copy.resolve("pstree.img"));
        refused(copy, "is damaged: pstree.img has not the size");
    }

    /** Whatever is in the files, the answer is an image or a damaged image. */
    @Test
    void randomDamageHarmsNothing(@TempDir Path other) throws Exception {
        var copy = copy(other);
        var random = new Random(42);
        for (var name :
                List.of("pstree.img", "files.img", "mm-" + pid + ".img", "pagemap-" + pid + ".img", "stats-dump")) {
            var whole = Files.readAllBytes(image.resolve(name));
            for (int round = 0; round < 40; round++) {
                var bytes = whole.clone();
                for (int i = 0; i < 1 + round / 10; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                Files.write(copy.resolve(name), bytes);
                var ended = Cli.run("inspect", copy.toString(), "--json", "--show-values");
                assertTrue(
                        ended.status() == 0 || ended.status() == 111 && ended.failsInTwoLines(),
                        name + " " + ended.status() + " " + ended.errors());
            }
            Files.write(copy.resolve(name), whole);
        }
    }

    private Cli inspect(String... options) {
        var arguments = new String[options.length + 2];
        arguments[0] = "inspect";
        arguments[1] = image.toString();
        System.arraycopy(options, 0, arguments, 2, options.length);
        var ended = Cli.run(arguments);
        assertEquals(0, ended.status(), ended.errors());
        assertEquals("", ended.errors());
        return ended;
    }

    private static void refused(Path directory, String message) {
        var ended = Cli.run("inspect", directory.toString());
        assertEquals(111, ended.status(), ended.errors());
        assertTrue(ended.errors().contains(message), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
        assertEquals("", ended.output());
    }

    private Path copy(Path other) throws IOException {
        var copy = other.resolve("copy");
        assertEquals(
                0,
                Processes.run(List.of("cp", "-a", image.toString(), copy.toString()))
                        .status());
        return copy;
    }
}
