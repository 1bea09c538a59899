package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A daemon that is killed in the middle of something, and the next one, which has to find all of it again. */
@Tag("distribution") // when all jars are there
class KilledDaemonTest {
    private static final int MOST_CHANGES = 80;
    private static final int MOMENTS = 20;
    private static final long SECONDS = 120;
    private static final Set<String> SETTLED = Set.of("running", "dumped", "dead", "stopped");

    @TempDir
    Path top;

    private Path program;
    private Path directory;
    private int number;
    private ManagedDaemon daemon;
    private Server server;

    /** What is interrupted. */
    enum Work {
        CREATE,
        DUMP,
        DUMP_AND_LEAVE_RUNNING,
        RESTORE,
        RESTART_FROM_IMAGE
    }

    @BeforeEach
    void requireServer() {
        program = Server.installed(ServerKind.MEMCACHED);
    }

    @ParameterizedTest
    @CsvSource({"CREATE, PROCESS, 1", "DUMP, NAME, 2", "DUMP, PROCESS, 1", "RESTORE, PROCESS, 1"})
    void nothingIsLostBeforeAChange(Work work, Killing.Change change, int number) throws Exception {
        assumeTrue(Killing.obstacle().isEmpty(), () -> Killing.obstacle().orElseThrow());
        assertTrue(killed(work, Killing.before(change, number)));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("full")
    void nothingIsLostBeforeAnyChange(Work work) throws Exception {
        assertEquals("", Killing.obstacle().orElse(""));
        int kills = 0;
        for (var change : Killing.Change.values()) {
            int next = 1;
            while (killed(work, Killing.before(change, next))) {
                kills++;
                assertTrue(++next < MOST_CHANGES, "it never comes to its end");
            }
        }
        System.out.println(work + " was interrupted before " + kills + " changes");
        assertTrue(kills > 3, "it makes more changes than that");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("full")
    void nothingIsLostAtAnyMoment(Work work) throws Exception {
        long start = System.nanoTime();
        killed(work, Killing.after(TimeUnit.SECONDS.toMillis(SECONDS)));
        long whole = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        for (int moment = 1; moment <= MOMENTS; moment++) {
            killed(work, Killing.after(workMillis * moment / MOMENTS));
        }
        assertTrue(workMillis <= whole);
    }

    private long workMillis;

    /** Returns false when the work was done before the kill. */
    private boolean killed(Work work, Killing killing) throws Exception {
        directory = Files.createDirectory(top.resolve(work + "-" + number++));
        daemon = new ManagedDaemon(directory).start();
        server = Server.planned(ServerKind.MEMCACHED, directory);
        prepare(work);
        var images = ids("images");
        var beside = killing.attach(daemon, directory);
        long start = System.nanoTime();
        var done = CompletableFuture.runAsync(() -> perform(work));
        var kill = CompletableFuture.runAsync(beside);
        Await.until("an end", () -> done.isDone());
        workMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        boolean killed = done.isCompletedExceptionally();
        if (killed) {
            daemon.awaitEnd();
        } else {
            daemon.kill();
        }
        try {
            daemon.start();
            check(work, images);
            goOn();
            return killed;
        } catch (AssertionError | Exception e) {
            throw new AssertionError(work + " " + number + ": " + daemon.list("services"), e);
        } finally {
            kill.cancel(true);
            daemon.close();
        }
    }

    private void prepare(Work work) throws IOException {
        if (work == Work.CREATE) {
            return;
        }
        perform(Work.CREATE);
        awaitAnswer();
        server.store("before");
        if (work == Work.RESTORE) {
            perform(Work.DUMP);
        } else if (work == Work.RESTART_FROM_IMAGE) {
            perform(Work.DUMP_AND_LEAVE_RUNNING);
        }
    }

    private void perform(Work work) {
        switch (work) {
            case CREATE -> create();
            case DUMP -> daemon.post("/v1/services/web/dump", Map.of());
            case DUMP_AND_LEAVE_RUNNING -> daemon.post("/v1/services/web/dump", Map.of("leaveRunning", true));
            case RESTORE -> daemon.post("/v1/images/" + ids("images").iterator().next() + "/restore", Map.of());
            case RESTART_FROM_IMAGE -> {
                long pid = pid();
                Processes.end(pid);
                Await.until(
                        "another program",
                        () -> daemon.show("web").getOrDefault("pid", 0) instanceof Number other
                                && other.longValue() != pid
                                && "running".equals(daemon.show("web").get("state")));
            }
        }
    }

    private void create() {
        try {
            var process = ServerKind.MEMCACHED.process(program, directory, server.port());
            daemon.post(
                    "/v1/services",
                    Map.of(
                            "name",
                            "web",
                            "command",
                            process.command().subList(1, process.command().size()),
                            "env",
                            Map.of("LD_LIBRARY_PATH", process.environment().getOrDefault("LD_LIBRARY_PATH", "")),
                            "restart",
                            "from-image",
                            "workdir",
                            directory.toString()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private long pid() {
        return ((Number) daemon.show("web").get("pid")).longValue();
    }

    private Set<String> ids(String what) {
        return daemon.list(what).stream()
                .map(object -> object.get("id").toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What runs of the program itself, whoever knows of it. */
    private List<String> programs() {
        return Processes.mentioning(" -p " + server.port() + " ").stream()
                .filter(line -> line.matches("\\d+ \\S*memcached .*"))
                .toList();
    }

    private void awaitAnswer() {
        Await.until("an answer", () -> {
            try {
                server.connect().close();
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Running, or with an image, or dead with a reason; and nothing beside that. */
    private void check(Work work, Set<String> before) throws Exception {
        Await.until(
                "a settled service",
                () -> daemon.list("services").stream()
                        .allMatch(service -> SETTLED.contains(service.get("state")) && !aboutToRestart(service)));
        var services = daemon.list("services");
        if (services.isEmpty()) {
            assertEquals(Work.CREATE, work);
            TimeUnit.MILLISECONDS.sleep(300); // whatever may still come
            assertEquals(List.of(), programs());
        } else {
            assertEquals(1, services.size());
            var state = services.get(0).get("state");
            if (work == Work.DUMP_AND_LEAVE_RUNNING || work == Work.RESTART_FROM_IMAGE) {
                assertEquals("running", state);
            }
            if (work == Work.DUMP) {
                assertTrue(Set.of("running", "dumped").contains(state), state.toString());
            }
            if (state.equals("running")) {
                awaitAnswer();
                assertEquals(1, programs().size());
                assertTrue(programs().get(0).startsWith(pid() + " "));
                if (work != Work.CREATE) {
                    server.assertHas("before");
                }
            } else {
                TimeUnit.MILLISECONDS.sleep(300);
                assertEquals(List.of(), programs());
            }
            if (state.equals("dead")) {
                assertNotEquals("", services.get(0).get("reason"));
            }
        }
        var images = ids("images");
        assertTrue(images.containsAll(before), "no image is lost");
        assertEquals(images, directories("images"));
        assertEquals(ids("services"), directories("services"));
        daemon.list("images").forEach(image -> assertTrue(((Number) image.get("size")).longValue() > 0));
    }

    /** Its policy brings it back. */
    private static boolean aboutToRestart(Map<String, Object> service) {
        return service.get("state").equals("dead") && service.containsKey("restart");
    }

    private Set<String> directories(String what) throws IOException {
        try (var files = Files.list(daemon.state().resolve(what))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** All that can be done with it afterwards, to its end. */
    private void goOn() throws Exception {
        if (daemon.list("services").isEmpty()) {
            create();
        }
        boolean restored = daemon.show("web").get("state").equals("dumped");
        if (restored) {
            perform(Work.RESTORE);
            server.assertHas("before");
        }
        awaitAnswer();
        server.store("after");
        perform(Work.DUMP);
        assertEquals(List.of(), programs());
        var newest = new ArrayList<>(daemon.list("images"));
        daemon.post("/v1/images/" + newest.get(newest.size() - 1).get("id") + "/restore", Map.of());
        server.assertHas("after");
        daemon.delete("/v1/services/web?force");
        assertEquals(List.of(), programs());
        assertFalse(Files.exists(daemon.state().resolve("services/web")));
        assertEquals(Set.of(), directories("services"));
    }
}
