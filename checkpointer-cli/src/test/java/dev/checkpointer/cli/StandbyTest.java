package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that are restored and stopped until somebody wants them. */
@Tag("distribution") // when all jars are there
class StandbyTest extends ManagerFixture {
    private String image;

    @BeforeEach
    void dump() throws Exception {
        line(
                "service",
                "create",
                "--name",
                "teller",
                java(),
                "-XX:+UseSerialGC",
                "-cp",
                Target.classPath(),
                TellingProgram.class.getName());
        Await.until("the program", () -> logs("teller").contains("cold"));
        image = Path.of(line("service", "dump", "teller"))
                .getParent()
                .getFileName()
                .toString();
        line("service", "rm", "teller");
    }

    /** Otherwise others take the place of those that the end of the test removes. */
    @AfterEach
    void keepNone() throws Exception {
        keep(0);
    }

    private String logs(String service) {
        try {
            return line("service", "logs", service);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> standby() {
        return get("/v1/images/" + image + "/standby");
    }

    private void keep(int count) throws Exception {
        line("service", "standby", "--from", image, "--count", Integer.toString(count));
        awaitReady(count);
    }

    private void awaitReady(int count) {
        Await.until(count + " standbys", () -> standby().get("ready").equals(count));
    }

    private List<Map<String, Object>> services() {
        return ServiceCommand.objects(get("/v1/services"), "services");
    }

    private List<Map<String, Object>> standbys() {
        return services().stream()
                .filter(service -> service.get("state").equals("standby"))
                .toList();
    }

    private static long pid(Map<String, Object> service) {
        return ((Number) service.get("pid")).longValue();
    }

    private static String processState(long pid) throws Exception {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    }

    @Test
    void eachActivationHasItsOwnArgumentsAndIdentity() throws Exception {
        keep(2);
        for (var service : standbys()) {
            assertEquals("T", processState(pid(service)));
            assertFalse(logs(service.get("id").toString()).contains("told"));
        }
        var before = standbys().stream().map(StandbyTest::pid).toList();
        var one = activate("one", "-Dcolour=red", "--env", "SIZE=1", "--", "a b", "c");
        var two = activate("two", "-Dcolour=blue\\n", "--env", "SIZE=2");
        assertTrue(before.contains(pid(one)) && before.contains(pid(two)), "these were the standbys");
        var told = List.of(logs("one").split(" \\| "), logs("two").split(" \\| "));
        assertEquals("red", told.get(0)[1]);
        assertEquals("blue\\n", told.get(1)[1]);
        assertEquals("1", told.get(0)[2]);
        assertEquals("2", told.get(1)[2]);
        assertEquals("[a b, c]", told.get(0)[3]);
        assertEquals("[]", told.get(1)[3]);
        assertNotEquals(told.get(0)[4], told.get(1)[4], "the instances");
        awaitReady(2);
        assertEquals(4, services().size());
    }

    private Map<String, Object> activate(String name, String... told) throws Exception {
        var arguments = new ArrayList<>(
                List.of("service", "activate", "--json", "--wait-ready", "--from", image, "--name", name));
        arguments.addAll(List.of(told));
        var service = JSON.std.mapFrom(line(arguments.toArray(String[]::new)));
        assertEquals("running", service.get("state"));
        return service;
    }

    @Test
    void oneThatIsLostIsReplaced() throws Exception {
        keep(1);
        var first = standbys().get(0);
        Processes.end(pid(first));
        Await.until(
                "another one",
                () -> standbys().stream().anyMatch(other -> !other.get("id").equals(first.get("id"))));
        assertEquals(1, services().size());
        line("service", "stop", standbys().get(0).get("id").toString());
        awaitReady(1);
        keep(0);
        Await.until("nothing", () -> services().isEmpty());
        var refused = run("service", "activate", "--from", image);
        assertEquals(112, refused.status());
        assertTrue(refused.errors().contains("no standbys of image " + image + " are kept"), refused::errors);
    }

    @Test
    void outliveTheDaemon() throws Exception {
        keep(1);
        long pid = pid(standbys().get(0));
        daemon.destroyForcibly().waitFor();
        launchDaemon();
        assertEquals(pid, pid(standbys().get(0)));
        assertEquals(pid, pid(activate("one", "-Dcolour=green")));
        assertTrue(logs("one").contains("green"));
        awaitReady(1);
        long second = pid(standbys().get(0));
        daemon.destroyForcibly().waitFor();
        Processes.end(second);
        launchDaemon();
        awaitReady(1);
        assertEquals("T", processState(pid(standbys().get(0))));
        assertEquals("running", show("one").get("state"));
    }

    /** A daemon that is killed while it activates one leaves the message whole or not. */
    @ParameterizedTest
    @CsvSource({"end, running", "argum, standby"})
    void activationGoesOnWhenItsMessageIsWhole(String last, String state) throws Exception {
        keep(1);
        var service = standbys().get(0).get("id").toString();
        daemon.destroyForcibly().waitFor();
        var message = directory.resolve("state/services").resolve(service).resolve("message");
        Files.writeString(message, "checkpointer-restore 1\nimage=/somewhere\nproperty=colour=late\n" + last + "\n");
        launchDaemon();
        awaitState(service, state);
        if (state.equals("running")) {
            Await.until("the program", () -> logs(service).contains("told | late | "));
            assertFalse(Files.exists(message));
        } else {
            assertEquals("T", processState(pid(standbys().get(0))));
        }
    }

    @Test
    void whatCannotBeDoneIsTold() throws Exception {
        var none = run("service", "standby", "--from", image, "--count", "-1");
        assertEquals(2, none.status());
        keep(1);
        var kept = run("image", "rm", image);
        assertEquals(112, kept.status());
        assertTrue(kept.errors().contains("--count 0"), kept::errors);
        activate("one");
        awaitReady(1);
        var taken = run("service", "activate", "--from", image, "--name", "one");
        assertEquals(112, taken.status());
        assertTrue(taken.errors().contains("there is a service one already"), taken::errors);
        assertEquals(1, standbys().size(), "it is a standby again");
        assertFalse(logs("one").contains("two"));
        Files.delete(directory.resolve("state/images").resolve(image).resolve("image/inventory.img"));
        activate("two");
        Await.until("the problem", () -> standby().containsKey("problem"));
        assertTrue(standby().get("problem").toString().contains("inventory.img"), standby()::toString);
        assertEquals(0, directory.toFile().list((parent, name) -> name.startsWith("checkpointer.")).length);
    }
}
