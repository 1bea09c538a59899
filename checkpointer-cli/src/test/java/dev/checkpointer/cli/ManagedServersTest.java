package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that are no JVMs as services, by the commands as people run them. */
@Tag("distribution") // when all jars are there
class ManagedServersTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(names = {"REDIS", "RUBY"})
    void serviceIsDumpedAndAnswersAgain(ServerKind kind) throws Exception {
        walk(kind, List.of());
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"REDIS", "RUBY"})
    @Tag("full")
    void otherServiceIsDumpedAndAnswersAgain(ServerKind kind) throws Exception {
        walk(kind, List.of());
    }

    @Test
    void serviceWithWorkersIsDumpedInItsNamespace() throws Exception {
        walk(ServerKind.NGINX, List.of("--isolate"));
    }

    private void walk(ServerKind kind, List<String> options) throws Exception {
        var program = Server.installed(kind);
        try (var daemon = new ManagedDaemon(directory).start();
                var server = Server.served(kind, program, daemon, directory, options)) {
            server.store("before");
            server.assertHas("before");
            var row = daemon.line("service", "list").lines().toList().get(1);
            assertTrue(row.matches("[0-9a-f]{12} +web +" + server.pid() + " +\\d+ +running +/.*"), row);
            var id = row.split(" ")[0];

            var image = daemon.line("service", "dump", "-t", Long.toString(server.pid()));
            assertTrue(Files.exists(Path.of(image, "manifest")), image);
            assertThrows(ConnectException.class, server::connect);
            assertEquals("dumped", daemon.show("web").get("state"));
            assertEquals(List.of(), server.workers());
            var listed = daemon.line("image", "list").lines().toList().get(1);
            assertTrue(listed.matches("[0-9a-f]{12} +\\S+ +[0-9.]+ [KM]iB +\\S+ *"), listed);

            assertEquals(id, daemon.line("service", "restore", "--from", image));
            server.assertHas("before");
            try (var restored = server.again(((Number) daemon.show(id).get("pid")).longValue())) {
                assertEquals(kind.workers(), restored.workers().size());
                restored.store("after");
                daemon.line("service", "dump", "web");
                daemon.line(
                        "service",
                        "restore",
                        "--from",
                        daemon.line("image", "list", "-q").split("\n")[1]);
                restored.assertHas("after");
                daemon.line("service", "stop", "web");
                assertThrows(ConnectException.class, restored::connect);
            }
        }
    }
}
