package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code checkpointer checkpoint} says of processes that it cannot dump, or that belong to others. */
class TargetProcessTest {
    private static final int CAP_SYS_RESOURCE = 24;

    @TempDir
    Path directory;

    private static Jdk jdk() {
        return Jdk.all().findFirst().orElseThrow();
    }

    private void assertRefused(long pid, String message) {
        assertRefused(pid, message, List.of("--no-attach", "--no-hooks"));
    }

    private void assertRefused(long pid, String message, List<String> options) {
        var image = directory.resolve("image");
        for (var hooks : options) {
            var ended = Cli.run("checkpoint", Long.toString(pid), "--to", image.toString(), hooks);
            assertEquals(112, ended.status(), ended.errors());
            assertTrue(ended.errors().startsWith("checkpointer: " + message), ended.errors());
            assertTrue(ended.failsInTwoLines(), ended.errors());
        }
        assertFalse(Files.exists(image));
    }

    @Test
    void aProcessThatIsNotThereIsRefused() throws Exception {
        assertRefused(2147483647, "there is no process 2147483647\n");
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        assertRefused(dead.pid(), "there is no process " + dead.pid() + "\n");
    }

    @Test
    void theCommandItselfAndItsAncestorsAreRefused() {
        var self = ProcessHandle.current();
        assertRefused(self.pid(), "process " + self.pid() + " is this command itself\n");
        long parent = self.parent().orElseThrow().pid();
        assertRefused(parent, "process " + parent + " has started this command, ");
    }

    @Test
    void aProcessThatIsNoJvmIsRefusedWithHooks() throws Exception {
        var process = new ProcessBuilder("sleep", "600").start();
        try {
            assertRefused(
                    process.pid(),
                    "process " + process.pid() + " (sleep) is no JVM, so that nobody in it can be notified of the"
                            + " checkpoint\n  Add --no-hooks to dump it as it is.\n",
                    List.of("--no-attach", "--leave-running"));
        } finally {
            Processes.end(process.pid());
        }
    }

    @Test
    void theJvmBelowAScriptIsNamed() throws Exception {
        var script = List.of("sh", "-c", "\"$@\"; exit 1", "sh", jdk().java().toString(), "-XX:-UsePerfData", "-cp");
        var output = directory.resolve("output.txt").toFile();
        var command = new ArrayList<>(script);
        command.addAll(List.of(RunningProgram.plainClasses(directory), PlainProgram.class.getName()));
        var shell = new ProcessBuilder(command).redirectOutput(output).start();
        try {
            Await.until("the program", () -> output.length() > 0);
            var java = Processes.children(shell.pid());
            assertRefused(
                    shell.pid(),
                    "process " + shell.pid() + " (sh) is no JVM, but has started one, process " + java
                            + "\n  Name that one, or add --no-hooks to dump all of it as it is: nobody in it is notified"
                            + " then.\n",
                    List.of("--no-attach"));
            Processes.end(Long.parseLong(java));
        } finally {
            Processes.end(shell.pid());
        }
    }

    @Test
    void aThreadIsRefusedAndItsProcessNamed() throws Exception {
        try (var program = RunningProgram.plain(jdk());
                var tasks = Files.list(Path.of("/proc", program.pidText(), "task"))) {
            long thread = tasks.map(task -> Long.parseLong(task.getFileName().toString()))
                    .filter(id -> id != program.pid())
                    .findFirst()
                    .orElseThrow();
            assertRefused(thread, thread + " is a thread of process " + program.pid() + "\n");
        }
    }

    @Test
    void aProcessOfAnotherPidNamespaceIsRefusedAndTheWayInIsTold() throws Exception {
        assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), "a PID namespace needs root");
        var output = directory.resolve("output.txt").toFile();
        // The shell stays as PID 1, so that the JVM is another process there.
        var process = new ProcessBuilder(
                        "unshare",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "sh",
                        "-c",
                        "\"$@\"; exit 1",
                        "sh",
                        jdk().java().toString(),
                        "-XX:-UsePerfData",
                        "-cp",
                        RunningProgram.plainClasses(directory),
                        PlainProgram.class.getName())
                .redirectOutput(output)
                .start();
        try {
            Await.until("the program", () -> output.length() > 0);
            long shell = Long.parseLong(Processes.children(process.pid()));
            long pid = Long.parseLong(Processes.children(shell));
            assertRefused(pid, "process " + pid + " is in another PID namespace, as process 2\n");
            assertTrue(Cli.run("checkpoint", Long.toString(pid))
                    .errors()
                    .contains("  Run the command there: nsenter -t " + pid + " -p -m checkpointer checkpoint 2.\n"));
        } finally {
            Processes.end(process.pid());
        }
    }

    @Test
    void anotherUsersProgramIsRefused() throws Exception {
        assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), OrdinaryUser.obstacle(directory)::toString);
        try (var program = RunningProgram.plain(jdk())) {
            var user = new OrdinaryUser(directory);
            var output = directory.resolve("output.txt");
            var command = user.java(
                            jdk(),
                            output,
                            List.of("-Dcli.agent=" + RunningProgram.AGENT),
                            Main.class.getName(),
                            "checkpoint",
                            program.pidText())
                    .start();
            Await.until("the end of the command", () -> !command.isAlive());
            assertEquals(112, command.exitValue());
            assertEquals(
                    "checkpointer: process " + program.pid() + " belongs to root, and this user may not look at it\n"
                            + "  Run the command as that user, or as root.\n",
                    Files.readString(output));
            program.awaitMoreOutput();
        }
    }

    /** Root loads the agent into another user's JVM. Whether it may also dump that JVM depends on its capabilities. */
    @Test
    void rootTakesAnotherUsersProgramToAnImage() throws Exception {
        assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), OrdinaryUser.obstacle(directory)::toString);
        var user = new OrdinaryUser(directory);
        var output = directory.resolve("program.txt");
        var behaviour = user.home().resolve("behaviour").toString();
        // A socket's name is short, and the build's directory may not be.
        var control = List.of("-Dcheckpointer.control=" + user.home().resolve("c"));
        var program = user.java(jdk(), output, control, HookedProgram.class.getName(), behaviour)
                .start();
        try {
            Await.until("the program", () -> lines(output, "ready") == 1);
            var agent = Files.copy(RunningProgram.AGENT, directory.resolve("agent.jar"));

            Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rw-------"));
            var closed = checkpoint(program.pid(), agent);
            assertEquals(112, closed.status(), closed.output());
            assertTrue(closed.output().contains(" cannot read the agent's jar " + agent + "\n"), closed.output());

            Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rw-r--r--"));
            var ended = checkpoint(program.pid(), agent);
            assertTrue(
                    ended.output().startsWith("checkpointer: agent loaded into process "),
                    () -> ended.output() + read(output));
            assertEquals(1, lines(output, "before"));
            if (mayRaiseLimits()) {
                assertEquals(0, ended.status(), ended.output());
            } else {
                assertEquals(113, ended.status(), ended.output());
                assertTrue(ended.output().contains("Can't get rlimit"), ended.output());
                assertEquals(1, lines(output, "after"));
                assertTrue(Processes.runs(program.pid()));
            }
        } finally {
            Processes.end(program.pid());
        }
    }

    private Processes.Result checkpoint(long pid, Path agent) throws IOException {
        var command = new ArrayList<>(List.of(jdk().java().toString(), "-Dcli.agent=" + agent, "-cp"));
        command.addAll(List.of(Target.classPath(), Main.class.getName(), "checkpoint"));
        command.addAll(
                List.of(Long.toString(pid), "--to", directory.resolve("image").toString()));
        return Processes.run(command);
    }

    private static long lines(Path file, String line) {
        return read(file).lines().filter(line::equals).count();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean mayRaiseLimits() throws IOException {
        var effective = Files.readString(Path.of("/proc/self/status"))
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16))
                .findFirst()
                .orElseThrow();
        return (effective >> CAP_SYS_RESOURCE & 1) == 1;
    }
}
