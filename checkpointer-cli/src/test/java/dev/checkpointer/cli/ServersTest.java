package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.OrdinaryUser;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that are no JVMs, as they are installed, taken to images and back. */
class ServersTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void goesOnFromItsImageAndFromThatOfTheRestoredOne(ServerKind kind) throws IOException {
        var first = directory.resolve("first");
        var second = directory.resolve("second");
        try (var server = Server.start(kind, directory)) {
            server.store("before");
            server.assertHas("before");
            server.dump(first);
            assertThrows(ConnectException.class, server::connect);
            assertToldAsItIs(kind, first, server.port());

            try (var restored = server.restored(first)) {
                restored.assertHas("before");
                restored.store("after");
                restored.dump(second);
            }
            assertEquals(kind.statusAfterTerm(), server.runInForeground(second, "after"));
            try (var again = server.restored(second)) {
                again.assertHas("after");
            }
        }
    }

    /** No word of a JDK, all processes, and what it listens on. */
    private static void assertToldAsItIs(ServerKind kind, Path image, int port) throws IOException {
        var text = Cli.run("inspect", image.toString());
        assertEquals(0, text.status(), text.errors());
        assertTrue(text.output().lines().noneMatch(line -> line.startsWith("jdk")), text.output());
        assertTrue(text.output().contains("\nrestore   this machine fits"), text.output());
        var json = Cli.run("inspect", image.toString(), "--json").json();
        assertTrue(json.containsKey("java"));
        assertNull(json.get("java"));
        assertEquals(kind.workers() + 1, json.get("processes"));
        assertTrue(
                Cli.objects(json.get("sockets")).stream()
                        .anyMatch(socket -> socket.get("local").equals("127.0.0.1:" + port)),
                () -> json.get("sockets").toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"REDIS", "NGINX"})
    void severalRunInPidNamespacesAndAreDumpedFromInside(ServerKind kind) throws IOException {
        assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), "a PID namespace needs root");
        var first = directory.resolve("first");
        var second = directory.resolve("second");
        try (var server = Server.start(kind, directory)) {
            server.store("before");
            server.dump(first);
            try (var one = server.restored(first, "--pid-namespace", "always");
                    var two = server.restored(first, "--pid-namespace", "always")) {
                assertEquals(server.pid(), one.innerPid());
                assertEquals(server.pid(), two.innerPid());
                two.assertHas("before");
                two.terminate();
                one.assertHas("before");
                one.store("after");

                one.dumpInside(second);
            }
            try (var again = server.restored(second, "--pid-namespace", "always")) {
                again.assertHas("after");
            }
            try (var again = server.restored(second)) {
                again.assertHas("after");
            }
        }
    }

    /** Python's server keeps none. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PYTHON")
    void aConnectionIsRefusedByNameOrBroughtBackClosed(ServerKind kind) throws IOException {
        var image = directory.resolve("image");
        try (var server = Server.start(kind, directory)) {
            server.store("before");
            try (var client = server.greet()) {
                var refused = server.checkpoint(image);
                assertEquals(112, refused.status(), refused.errors());
                var connection = " is a connected TCP socket to 127.0.0.1:" + client.getLocalPort() + "\n";
                assertTrue(refused.errors().contains(connection), refused.errors());
                var owner = " of process ";
                assertEquals(kind.workers() > 0, refused.errors().contains(owner), refused.errors());
                assertTrue(
                        refused.errors()
                                .contains("  Have the program close it before, or add --tcp close to bring it back"
                                        + " closed.\n"),
                        refused.errors());
                assertFalse(Files.exists(image));

                var ended = server.checkpoint(image, "--tcp", "close");
                assertEquals(0, ended.status(), ended.errors());
            }
            try (var restored = server.restored(image)) {
                restored.assertHas("before");
            }
        }
    }

    @Test
    void logsGoOnAtTheirEndOrAreMadeAnew() throws IOException {
        var access = directory.resolve("logs/access.log");
        var errors = directory.resolve("logs/error.log");
        var launcher = directory.resolve("launcher.txt").toString();
        try (var server = Server.start(ServerKind.NGINX, directory)) {
            server.dump(directory.resolve("first"));
            var before = Files.readString(access);
            Files.writeString(access, "written meanwhile\n", StandardOpenOption.APPEND);
            try (var restored = server.restored(directory.resolve("first"), "--error", launcher)) {
                restored.assertHas("file");
                Await.until(
                        "the log", () -> lines(access).count() == before.lines().count() + 2);
                assertTrue(Files.readString(access).startsWith(before + "written meanwhile\n127.0.0.1 "));
                restored.dump(directory.resolve("second"));
            }
            Files.delete(access);
            try (var restored = server.restored(directory.resolve("second"), "--error", launcher)) {
                restored.assertHas("file");
                Await.until("the new log", () -> lines(access).count() == 1);
                restored.terminate();
            }
            // It is standard error as well, and not what a restore may give to another file.
            assertTrue(lines(errors).anyMatch(line -> line.contains("signal 15 (SIGTERM) received")));
            assertEquals("", Files.readString(Path.of(launcher)));
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readString(file).lines();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void cannotBeToldAnything() throws IOException {
        var image = directory.resolve("image");
        try (var server = Server.start(ServerKind.REDIS, directory)) {
            server.dump(image);
        }
        for (var options : List.of(
                List.of("-Dname=value"),
                List.of("--env", "NAME=value"),
                List.of("--main", "Other"),
                List.of("--wait-ready"),
                List.of("--", "argument"))) {
            var refused = Server.restore(image, options);
            assertEquals(112, refused.status(), refused.output());
            assertEquals(
                    "checkpointer: the program in " + image
                            + " cannot be told anything: it was not notified of its checkpoint\n"
                            + "  Restore it without -D, --env, --main, --wait-ready and arguments.\n",
                    refused.output());
        }
    }

    @Test
    void itsFilesAndItsImageAreComparedBeforeARestore() throws IOException {
        var image = directory.resolve("image");
        var installed = ServerKind.REDIS.program();
        assumeTrue(installed.isPresent(), "redis-server is not installed; bin/setup --tests does it");
        var program = Files.copy(installed.get().toRealPath(), directory.resolve("redis-server"));
        try (var server = Server.start(ServerKind.REDIS, program, directory)) {
            server.store("before");
            server.dump(image);
            assertEquals(0, Cli.run("image", "verify", image.toString()).status());
            assertEquals(0, Cli.run("image", "verify", image.toString()).status());
            try (var restored = server.restored(image, "--verify")) {
                restored.assertHas("before");
            }

            Files.setLastModifiedTime(program, FileTime.from(Instant.EPOCH));
            var refused = Server.restore(image, List.of("--detach"));
            assertEquals(112, refused.status(), refused.output());
            var difference = program + " has changed since the checkpoint (size or time)";
            assertTrue(refused.output().contains("  " + difference + "\n"), refused.output());
            assertFalse(refused.output().contains("JDK"), refused.output());
            var inspected = Cli.run("inspect", image.toString(), "--json").json();
            assertEquals(List.of(difference), inspected.get("obstacles"));
        }
    }
}
