package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Processes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many clients at the same time, each with services of its own, and with one that all of them want to be something else. */
@Tag("distribution") // when all jars are there
class ConcurrentClientsTest extends ManagerFixture {
    private static final int CLIENTS = 32;
    private static final int DUMPERS = 4;
    private static final List<String> COMMAND = List.of("sleep", "1000");

    private final Queue<String> done = new ConcurrentLinkedQueue<>();

    @Test
    void eachGetsWhatIsRight() throws Exception {
        ask(client -> client.post("/v1/services", Map.of("command", COMMAND, "name", "shared")));
        var pool = Executors.newFixedThreadPool(CLIENTS);
        try {
            var clients = new ArrayList<Future<Void>>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                Callable<Void> work = () -> {
                    work(number);
                    return null;
                };
                clients.add(pool.submit(work));
            }
            for (var client : clients) {
                client.get(SECONDS, TimeUnit.SECONDS); // throws what went wrong there
            }
        } finally {
            pool.shutdownNow();
        }
        assertTrue(done.contains("shared: conflict") && done.stream().anyMatch("shared: done"::equals), done::toString);
        requireWhole();
    }

    private interface Question {
        Map<String, Object> ask(DaemonClient client) throws CommandException;
    }

    private Map<String, Object> ask(Question question) throws CommandException {
        try (var client = new DaemonClient(directory.resolve("d.sock"))) {
            return question.ask(client);
        }
    }

    private void work(int number) throws Exception {
        var name = "own" + number;
        var id = ask(client -> client.post("/v1/services", Map.of("command", COMMAND, "name", name)))
                .get("id");
        push("stop");
        assertTrue(ServiceCommand.objects(ask(client -> client.get("/v1/services")), "services").stream()
                .anyMatch(service -> service.get("id").equals(id)));
        if (number < DUMPERS) {
            dumpAndRestore(name);
        }
        push("start");
        assertEquals(
                "running", ask(client -> client.get("/v1/services/" + name)).get("state"));
        if (number % 2 == 1) {
            assertEquals(
                    id,
                    ask(client -> client.delete("/v1/services/" + name + "?force"))
                            .get("id"));
        }
    }

    private void dumpAndRestore(String name) throws CommandException {
        var image = ask(client -> client.post("/v1/services/" + name + "/dump", Map.of()));
        assertEquals("dumped", ask(client -> client.get("/v1/services/" + name)).get("state"));
        ask(client -> client.post("/v1/images/" + image.get("id") + "/restore", Map.of()));
    }

    /** Somebody else may be at it; that is told as such. */
    private void push(String verb) throws CommandException {
        try {
            ask(client -> client.post("/v1/services/shared/" + verb, Map.of()));
            done.add("shared: done");
        } catch (CommandException e) {
            assertEquals(ExitStatus.REFUSED, e.status(), e.getMessage());
            assertTrue(e.getMessage().startsWith("service shared is "), e.getMessage());
            done.add("shared: conflict");
        }
    }

    /** Every service runs as it should, and no program that none of them is about. */
    private void requireWhole() {
        var services = ServiceCommand.objects(get("/v1/services"), "services");
        assertEquals(1 + CLIENTS / 2, services.size());
        for (var service : services) {
            if (!service.get("name").equals("shared")) {
                assertEquals("running", service.get("state"), service::toString);
                assertTrue(Processes.runs(((Number) service.get("pid")).longValue()), service::toString);
            }
        }
        assertEquals(
                DUMPERS, ServiceCommand.objects(get("/v1/images"), "images").size());
        var running =
                services.stream().filter(service -> service.containsKey("pid")).count();
        var monitors = Processes.mentioning(Path.of("state/services").toString()).stream()
                .filter(line -> line.contains(directory.toString()) && line.contains(" monitor "))
                .count();
        assertEquals(running, monitors, services::toString);
    }
}
