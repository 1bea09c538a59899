package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import dev.checkpointer.testkit.TargetProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code checkpointer ps} with real JVMs. */
class PsTest {
    @TempDir
    Path directory;

    static Iterable<Jdk> jdks() {
        return Jdk.all().toList();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmIsListedWithWhatStandsInItsWay(Jdk jdk) throws Exception {
        try (var target = Target.start(jdk, directory, Map.of())) {
            target.ask("count");
            var free = row(Cli.run("ps", "--json").json(), target.pid());
            assertEquals(TargetProgram.class.getName(), free.get("program"));
            assertEquals(ProcessHandle.current().info().user().orElseThrow(), free.get("user"));
            assertEquals(
                    jdk.home().toRealPath(), Path.of((String) free.get("home")).toRealPath());
            assertTrue(
                    Files.readString(jdk.home().resolve("release"))
                            .contains("JAVA_VERSION=\"" + free.get("jdk") + "\""),
                    free.toString());
            assertEquals(false, free.get("agent"));
            assertEquals(true, free.get("checkpoint"), free.toString());

            target.ask("connect");
            var bound = row(Cli.run("ps", "--json").json(), target.pid());
            assertEquals(false, bound.get("checkpoint"));
            var obstacle = Cli.objects(bound.get("obstacles")).get(0);
            assertTrue(((String) obstacle.get("message")).contains("a connected TCP socket to "), obstacle.toString());
            assertTrue(((String) obstacle.get("remedy")).contains("--tcp close"), obstacle.toString());

            var text = Cli.run("ps");
            assertEquals(0, text.status());
            assertTrue(
                    text.output()
                            .lines()
                            .anyMatch(line -> line.matches(target.pid() + " +\\S+ +" + free.get("jdk") + " +no +no +"
                                    + TargetProgram.class.getName())),
                    text.output());
            assertTrue(text.output().contains("\n" + target.pid() + ": cannot dump: descriptor "), text.output());
        }
    }

    @Test
    void anOrdinaryUserSeesItsOwnJvmsWithoutPerformanceData() throws Exception {
        Assumptions.assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), OrdinaryUser.obstacle(directory)::toString);
        var jdk = jdks().iterator().next();
        var user = new OrdinaryUser(directory);
        try (var foreign = Target.start(jdk, Files.createDirectory(directory.resolve("foreign")), Map.of())) {
            foreign.ask("count");
            var mailbox = Files.createDirectory(user.home().resolve("mailbox"));
            var own = user.java(
                            jdk,
                            directory.resolve("own.txt"),
                            List.of(),
                            TargetProgram.class.getName(),
                            mailbox.toString())
                    .start();
            try {
                var json = JSON.std.mapFrom(ps(jdk, user, own.pid()));
                assertEquals("nobody", row(json, own.pid()).get("user"));
                assertTrue(
                        Cli.objects(json.get("jvms")).stream()
                                .noneMatch(row -> ((Number) row.get("pid")).longValue() == foreign.pid()),
                        json.toString());
                assertEquals(
                        TargetProgram.class.getName(),
                        row(Cli.run("ps", "--json").json(), own.pid()).get("program"),
                        "root sees it too");
            } finally {
                Processes.end(own.pid());
            }
        }
    }

    /** Asks again until the JVM has come far enough to be one. */
    private String ps(Jdk jdk, OrdinaryUser user, long pid) throws Exception {
        var output = directory.resolve("ps.json");
        for (int i = 0; i < 20; i++) {
            var process = user.java(jdk, output, List.of(), Main.class.getName(), "ps", "--json")
                    .start();
            Processes.awaitEnd(process.pid());
            if (Files.readString(output).contains(": " + pid + ",")) {
                break;
            }
        }
        return Files.readString(output);
    }

    static Map<String, Object> row(Map<String, Object> json, long pid) {
        return Cli.objects(json.get("jvms")).stream()
                .filter(row -> ((Number) row.get("pid")).longValue() == pid)
                .findFirst()
                .orElseThrow(() -> new AssertionError(pid + " is not in " + json));
    }
}
