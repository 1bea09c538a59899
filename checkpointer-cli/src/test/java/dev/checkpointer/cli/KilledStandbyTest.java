package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A daemon that is killed while it keeps programs on standby and lets one go on, and the next one. */
@Tag("distribution") // when all jars are there
class KilledStandbyTest {
    private static final int MOST_CHANGES = 80;

    @TempDir
    Path top;

    private int number;
    private ManagedDaemon daemon;
    private String image;
    private String length;

    @ParameterizedTest
    @CsvSource({"NAME, 2", "NAME, 4", "PROCESS, 1"})
    void nothingIsLostBeforeAChange(Killing.Change change, int count) throws Exception {
        assumeTrue(Killing.obstacle().isEmpty(), () -> Killing.obstacle().orElseThrow());
        assertTrue(killed(Killing.before(change, count)));
    }

    @Test
    @Tag("full")
    void nothingIsLostBeforeAnyChange() throws Exception {
        assertEquals("", Killing.obstacle().orElse(""));
        int kills = 0;
        for (var change : Killing.Change.values()) {
            int next = 1;
            while (killed(Killing.before(change, next))) {
                kills++;
                assertTrue(++next < MOST_CHANGES, "it never comes to its end");
            }
        }
        System.out.println("standby and activation were interrupted before " + kills + " changes");
        assertTrue(kills > 3, "it makes more changes than that");
    }

    /** Returns false when the work was done before the kill. */
    private boolean killed(Killing killing) throws Exception {
        var directory = Files.createDirectory(top.resolve("n" + number++));
        length = 100_000 + number + "." + ProcessHandle.current().pid(); // like no other
        daemon = new ManagedDaemon(directory).start();
        daemon.post("/v1/services", Map.of("name", "nap", "command", List.of("sleep", length)));
        image = daemon.post("/v1/services/nap/dump", Map.of()).get("id").toString();
        daemon.delete("/v1/services/nap");
        killing.attach(daemon, directory);
        var done = CompletableFuture.runAsync(this::work);
        Await.until("an end", done::isDone);
        boolean killed = done.isCompletedExceptionally();
        if (killed) {
            daemon.awaitEnd();
        } else {
            daemon.kill();
        }
        try {
            daemon.start();
            check();
            return killed;
        } catch (AssertionError | Exception e) {
            throw new AssertionError(number + ": " + daemon.list("services") + standby(), e);
        } finally {
            end();
        }
    }

    /** The second activation finds the one that took the place of the first. */
    private void work() {
        keep(1);
        for (var name : List.of("one", "two")) {
            Await.until("a standby", () -> standby().get("ready").equals(1));
            daemon.post("/v1/images/" + image + "/activate", Map.of("name", name));
        }
    }

    private void keep(int count) {
        daemon.put("/v1/images/" + image + "/standby", Map.of("count", count));
    }

    private Map<String, Object> standby() {
        return daemon.get("/v1/images/" + image + "/standby");
    }

    /** As many on standby as somebody wanted, what was activated runs, and nothing beside that. */
    private void check() throws IOException {
        Await.until(
                "as many as are wanted",
                () -> standby().get("ready").equals(standby().get("count")));
        var services = daemon.list("services");
        for (var service : services) {
            long pid = ((Number) service.get("pid")).longValue();
            boolean stopped = Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .contains(") T ");
            assertEquals(service.get("state").equals("standby"), stopped, service::toString);
            assertEquals(service.get("state").equals("running"), service.containsKey("name"), service::toString);
        }
        var programs = Processes.mentioning("sleep " + length).stream()
                .filter(line -> line.matches("\\d+ sleep .*"))
                .toList();
        assertEquals(services.size(), programs.size(), () -> programs + " " + services);
        daemon.post("/v1/images/" + image + "/activate", Map.of("name", "last", "waitReady", true));
    }

    private void end() throws Exception {
        keep(0);
        Await.until(
                "nobody on standby",
                () -> daemon.list("services").stream()
                        .noneMatch(service ->
                                List.of("standby", "restoring", "stopping").contains(service.get("state"))));
        daemon.close();
    }
}
