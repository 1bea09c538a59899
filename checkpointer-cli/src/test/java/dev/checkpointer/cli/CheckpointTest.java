package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code checkpointer checkpoint} with real programs. */
class CheckpointTest {
    @TempDir
    Path directory;

    static Iterable<Jdk> jdks() {
        return Jdk.all().toList();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aProgramThatKnowsNothingIsDumpedAndRestored(Jdk jdk) throws Exception {
        var image = directory.resolve("an image");
        try (var target = Target.start(jdk, directory, Map.of())) {
            assertEquals("1", target.ask("count"));
            var ended = Cli.run("checkpoint", pid(target), "--to", image.toString(), "--no-hooks", "--json");
            assertEquals(0, ended.status(), ended.errors());
            assertEquals("", ended.errors());
            Processes.awaitEnd(target.pid());
            var json = ended.json();
            assertEquals(image.toString(), json.get("image"));
            assertEquals(false, json.get("leftRunning"));
            assertEquals(false, json.get("hooks"));
            assertTrue(((Number) json.get("bytes")).longValue() > 1_000_000, json.toString());
            assertTrue(((Number) json.get("frozenMilliseconds")).longValue() >= 0, json.toString());
            var manifest = Manifest.read(image.resolve(Manifest.FILE));
            var version = Files.readString(jdk.home().resolve("release"))
                    .lines()
                    .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION=") || line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll(".*=\"|\"", ""))
                    .toList();
            assertTrue(
                    version.stream().anyMatch(manifest.get("java").orElse("")::endsWith),
                    manifest.get("java") + " " + version);

            var restored = Checkpointer.restore(RestoreRequest.builder(image).build());
            try (var program = target.restoredUnaware(restored)) {
                assertEquals("2", program.ask("count"));
            }
        }
    }

    @Test
    void aProgramIsLeftRunningAndItsImageReplaced() throws Exception {
        var image = directory.resolve("image");
        try (var target = start()) {
            assertEquals("1", target.ask("count"));
            var first = Cli.run("checkpoint", pid(target), "--to", image.toString(), "--leave-running", "--no-hooks");
            assertEquals(0, first.status(), first.errors());
            assertEquals("", first.errors());
            assertTrue(first.output().contains("image    " + image + "\n"), first.output());
            assertTrue(first.output().contains("process  " + target.pid() + " goes on\n"), first.output());
            assertTrue(first.output().contains("checkpointer restore " + image), first.output());
            assertEquals("2", target.ask("count"));

            var second = Cli.run("checkpoint", pid(target), "--to", image.toString(), "--leave-running", "--no-hooks");
            assertEquals(112, second.status());
            assertTrue(second.errors().contains("already holds a finished image"), second.errors());
            assertTrue(second.errors().contains("  Add --overwrite to replace it"), second.errors());
            assertTrue(second.failsInTwoLines(), second.errors());

            var third = Cli.run(
                    "checkpoint",
                    pid(target),
                    "--to",
                    image.toString(),
                    "--leave-running",
                    "--overwrite",
                    "--engine",
                    "criu-exec",
                    "--no-hooks");
            assertEquals(0, third.status(), third.errors());
            assertTrue(third.output().contains("engine   criu-exec "), third.output());
            assertEquals("3", target.ask("count"));
        }
    }

    @Test
    void aConnectionIsRefusedByNameAndTheOptionIsTold() throws Exception {
        var image = directory.resolve("image");
        try (var target = start()) {
            target.ask("connect");
            var ended = Cli.run("checkpoint", pid(target), "--to", image.toString(), "--no-hooks");
            assertEquals(112, ended.status());
            assertTrue(
                    ended.errors().contains("cannot dump process " + target.pid() + ": descriptor "), ended.errors());
            assertTrue(ended.errors().contains("a connected TCP socket to "), ended.errors());
            assertTrue(ended.errors().contains("or add --tcp close to bring it back closed."), ended.errors());
            assertFalse(Files.exists(image), "nothing was begun");
            assertTrue(Processes.runs(target.pid()), "the program goes on");
            var closed = Cli.run(
                    "checkpoint", pid(target), "--to", image.toString(), "--no-hooks", "--tcp", "close", "--json");
            assertEquals(0, closed.status(), closed.errors());
        }
    }

    @Test
    void aFailedDumpSaysWhyAndWhereTheLogIs() throws Exception {
        var image = directory.resolve("image");
        try (var target = start()) {
            target.ask("count");
            var ended = Cli.run("checkpoint", pid(target), "--to", image.toString(), "--timeout", "1ms", "--no-hooks");
            assertEquals(114, ended.status(), ended.errors());
            assertFalse(Files.exists(image.resolve(Manifest.FILE)));
            assertFalse(Files.exists(image.resolve(Manifest.DRAFT)));
            assertEquals("2", target.ask("count"));
        }
    }

    /** Whenever the signal comes, there is a finished image, or a program that goes on and nothing half made. */
    @RepeatedTest(3)
    void aSignalLeavesNothingHalfMade() throws Exception {
        var image = directory.resolve("image");
        try (var target = start()) {
            assertEquals("1", target.ask("count"));
            var jdk = jdks().iterator().next();
            var command = new ProcessBuilder(
                            jdk.java().toString(),
                            "-Djava.io.tmpdir=" + directory,
                            "-cp",
                            Target.classPath(),
                            Main.class.getName(),
                            "checkpoint",
                            pid(target),
                            "--to",
                            image.toString(),
                            "--no-hooks")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("command.txt").toFile())
                    .start();
            try {
                var draft = image.resolve(Manifest.DRAFT);
                Await.until("the begin of the dump", () -> Files.exists(draft) || !command.isAlive());
                command.destroy();
                Await.until("the end of the command", () -> !command.isAlive());
            } finally {
                command.destroyForcibly();
            }
            assertFalse(Files.exists(image.resolve(Manifest.DRAFT)), "a draft is left");
            if (Files.exists(image.resolve(Manifest.FILE))) {
                Processes.awaitEnd(target.pid());
            } else {
                assertEquals("2", target.ask("count"));
            }
        }
    }

    private Target start() throws Exception {
        return Target.start(jdks().iterator().next(), directory, Map.of());
    }

    private static String pid(Target target) {
        return Long.toString(target.pid());
    }
}
