package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code checkpointer doctor} on this machine, and on one where it is given less. */
class DoctorTest {
    @TempDir
    Path directory;

    static Iterable<Jdk> jdks() {
        return Jdk.all().toList();
    }

    @Test
    void thisMachineIsHealthyAndEachFindingHasWhatItNeeds() throws Exception {
        var ended = Cli.run("doctor", "--json");
        assertEquals(0, ended.status(), ended.output() + ended.errors());
        var json = ended.json();
        assertEquals(true, json.get("healthy"));
        var findings = Cli.objects(json.get("findings"));
        var names = findings.stream().map(finding -> finding.get("name")).toList();
        assertTrue(
                names.containsAll(List.of(
                        "kernel",
                        "container",
                        "/run",
                        "ptrace",
                        "pids",
                        "soft-dirty",
                        "userfaultfd",
                        "seccomp",
                        "rights",
                        "criu",
                        "criu check",
                        "jdks",
                        "engine criu-rpc",
                        "engine libcriu",
                        "engine criu-exec",
                        "trial")),
                names.toString());
        for (var finding : findings) {
            assertEquals(
                    finding.get("level").equals("ok"), ((String) finding.get("remedy")).isEmpty(), finding.toString());
        }
        var most = Processes.run(List.of("cat", "/proc/sys/kernel/pid_max"))
                .output()
                .strip();
        var pids = findings.get(names.indexOf("pids"));
        assertTrue(((String) pids.get("text")).matches(".*\\b" + most + "\\b.*"), pids.toString());
        var trial = findings.get(findings.size() - 1);
        assertTrue(((String) trial.get("text")).startsWith("a small JVM was dumped in "), trial.toString());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void withoutCriuItFailsAndSaysWhatToDo(Jdk jdk) throws Exception {
        var builder = new ProcessBuilder(
                jdk.java().toString(),
                "-Djava.io.tmpdir=" + directory,
                "-Dcheckpointer.criu=/nonexistent",
                "-Dcheckpointer.prefix=" + directory,
                "-cp",
                Target.classPath(),
                Main.class.getName(),
                "doctor");
        var ended = Processes.run(builder);
        assertEquals(1, ended.status(), ended.output());
        assertTrue(
                ended.output()
                        .lines()
                        .anyMatch(line -> line.matches("fail +criu +checkpointer.criu names /nonexistent.*")),
                ended.output());
        assertTrue(ended.output().contains("fail  trial"), ended.output());
        assertTrue(ended.output().endsWith("\nCheckpoints do not work here.\n"), ended.output());
        try (var left = Files.list(directory)) {
            assertEquals(List.of(), left.toList(), "nothing is left behind");
        }
    }

    @Test
    void anOrdinaryUserIsToldWhichRightsAreMissing() throws Exception {
        Assumptions.assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), OrdinaryUser.obstacle(directory)::toString);
        var user = new OrdinaryUser(directory);
        var output = directory.resolve("doctor.txt");
        var process = user.java(jdks().iterator().next(), output, List.of(), Main.class.getName(), "doctor")
                .start();
        Processes.awaitEnd(process.pid());
        var text = Files.readString(output);
        assertEquals(1, process.waitFor(), text);
        assertTrue(text.contains("  an ordinary user, who needs a criu with file capabilities"), text);
        assertTrue(text.contains("Give criu the capabilities that are told at \"rights\""), text);
    }

    @Test
    void nothingOfTheTrialIsLeft() throws Exception {
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Cli.run("doctor");
        try (var left = Files.newDirectoryStream(temporary, "checkpointer-doctor*")) {
            assertFalse(left.iterator().hasNext());
        }
        assertEquals(List.of(), Processes.mentioning("cli.machine.Patient " + temporary));
    }
}
