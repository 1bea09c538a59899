package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.StreamsProgram;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest extends LauncherFixture {
    // --- the foreground ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void foregroundPassesStreamsAndStatus(String namespace) throws Exception {
        var launcher = start(launcher("restore", image.toString(), "--pid-namespace", namespace));
        say(launcher, "echo hello");
        awaitOutput("hello");
        say(launcher, "exit 7");
        var ended = ended(launcher);
        assertEquals(7, ended.status());
        assertTrue(ended.output().matches("restored \\d+\nhello\nshutdown\n"), ended.output());
        assertEquals("complaint\n", ended.errors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void programThatEndsAtOncePassesItsStatus(String namespace) throws Exception {
        Files.writeString(directory.resolve("input"), "exit 9\n");
        for (int round = 0; round < 5; round++) {
            var launcher = launcher("restore", image.toString(), "--pid-namespace", namespace)
                    .redirectInput(file("input"));
            assertEquals(9, ended(start(launcher)).status(), read("err"));
        }
    }

    @ParameterizedTest
    @CsvSource({"auto, no", "always, no", "auto, yes", "always, yes"})
    void programIsLeftStopped(String namespace, String detached) throws Exception {
        var command = new ArrayList<>(List.of("restore", image.toString(), "--leave-stopped"));
        command.addAll(List.of("--pid-namespace", namespace, "--pidfile", "pid"));
        if (detached.equals("yes")) {
            command.add("--detach");
        }
        var launcher = start(launcher(command.toArray(String[]::new)));
        Await.until("the PID", () -> !read("pid").isEmpty());
        var pid = read("pid").strip();
        var stat = Files.readString(Path.of("/proc", pid, "stat"));
        assertTrue(stat.contains(") T "), stat);
        assertEquals("", read("out"));
        kill("CONT", Long.parseLong(pid));
        if (detached.equals("yes")) {
            Await.until("the program", () -> read("err").contains("restored"));
            assertEquals(0, ended(launcher).status());
        } else {
            awaitOutput("restored");
            say(launcher, "exit 7");
            assertEquals(7, ended(launcher).status());
        }
    }

    /** The hangup at the end of a terminal meets what tidies up behind the command. */
    @RepeatedTest(5)
    void endOfTheTerminalLeavesNothing() throws Exception {
        var restore = LAUNCHER + " restore '" + image + "' --detach --pid-namespace always --output program";
        var terminal = launcher();
        terminal.command().clear();
        terminal.command().addAll(List.of("script", "-q", "-e", "-c", restore, "/dev/null"));
        assertEquals(0, ended(start(terminal)).status(), read("out"));
        Await.until("the program", () -> read("program").contains("end of input"));
        Await.until(
                "no working directory",
                () -> directory.toFile().list((parent, name) -> name.startsWith("checkpointer.")).length == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void programIsStoppedWhenItIsReady(String namespace) throws Exception {
        var launcher = start(launcher(
                "restore",
                image.toString(),
                "--leave-stopped",
                "--wait-ready",
                "--pid-namespace",
                namespace,
                "--pidfile",
                "pid"));
        Await.until("the PID", () -> !read("pid").isEmpty());
        assertTrue(read("out").contains("restored"), "it is ready");
        var pid = read("pid").strip();
        var stat = Files.readString(Path.of("/proc", pid, "stat"));
        assertTrue(stat.contains(") T "), stat);
        kill("CONT", Long.parseLong(pid));
        say(launcher, "exit 7");
        assertEquals(7, ended(launcher).status());
    }

    @Test
    void endOfInputReachesTheProgram() throws Exception {
        var ended = run("restore", image.toString());
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().contains("end of input"), ended.output());
    }

    /** What the JVM makes of these signals: it runs its shutdown hooks and ends with 128 + N. */
    @ParameterizedTest
    @CsvSource({"TERM, 143, auto", "INT, 130, auto", "HUP, 129, auto", "TERM, 143, always"})
    void signalsReachTheProgram(String signal, int status, String namespace) throws Exception {
        var launcher = start(launcher("restore", image.toString(), "--pid-namespace", namespace));
        awaitOutput("restored");
        kill(signal, launcher.pid());
        Await.until("the end of the launcher", () -> !launcher.isAlive());
        var ended = ended(launcher);
        assertEquals(status, ended.status(), ended.errors());
        assertTrue(ended.output().contains("shutdown"), "the program ran its shutdown hooks: " + ended.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void killedProgramGives128PlusN(String namespace) throws Exception {
        var launcher = start(launcher("restore", image.toString(), "--pid-namespace", namespace));
        awaitOutput("restored");
        for (var program : programs()) {
            Processes.end(program);
        }
        assertEquals(137, ended(launcher).status());
    }

    @Test
    void withoutPerlTheStatusIsPassedOnToo() throws Exception {
        var path = pathWithoutPerl();
        for (var namespace : List.of("never", "always")) {
            awaitFreePid();
            var builder = launcher("restore", image.toString(), "--pid-namespace", namespace);
            builder.environment().put("PATH", path);
            var launcher = start(builder);
            say(launcher, "exit 9");
            var ended = ended(launcher);
            assertEquals(9, ended.status(), ended.errors());
        }
    }

    @Test
    void closedStreamsAreNoObstacle() throws Exception {
        var output = directory.resolve("written");
        var script = "exec \"$0\" restore \"$1\" --output \"$2\" <&- >&- 2>&-";
        var builder = launcher();
        builder.command("sh", "-c", script, LAUNCHER.toString(), image.toString(), output.toString());
        var ended = ended(start(builder));
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(Files.readString(output).contains("end of input"));
    }

    // --- detached ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void detachedPrintsThePidAlone(String namespace) throws Exception {
        var ended =
                run("restore", "--detach", image.toString(), "--output", "program.txt", "--pid-namespace", namespace);
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().matches("\\d+\n"), ended.output());
        long pid = Long.parseLong(ended.output().strip());
        Await.until("the program's output", () -> read("program.txt").contains("end of input"));
        Processes.awaitEnd(pid);
    }

    @Test
    void detachedProgramWritesToStandardError() throws Exception {
        var ended = run("restore", "--detach", image.toString());
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().matches("\\d+\n"), ended.output());
        Await.until("the program's output", () -> read("err").contains("end of input"));
        Processes.awaitEnd(Long.parseLong(ended.output().strip()));
    }

    @Test
    void manyClonesAreRestoredAtOnce() throws Exception {
        awaitFreePid();
        var launchers = new ArrayList<Process>();
        for (int clone = 0; clone < 6; clone++) {
            launchers.add(launcher("restore", "--detach", image.toString(), "--output", "clone" + clone)
                    .redirectError(file("err" + clone))
                    .start());
        }
        for (int clone = 0; clone < launchers.size(); clone++) {
            var number = clone;
            var launcher = launchers.get(clone);
            Await.until("the end of the launcher", () -> !launcher.isAlive());
            assertEquals(0, launcher.exitValue(), read("err" + clone));
            assertTrue(Long.parseLong(new String(launcher.getInputStream().readAllBytes()).strip()) > 0);
            Await.until("the clone's output", () -> read("clone" + number).contains("end of input"));
        }
    }

    @Test
    void performanceDataFileIsPutBack() throws Exception {
        for (int round = 0; round < 3; round++) {
            Files.deleteIfExists(performanceData());
            awaitFreePid();
            var launcher = start(launcher("restore", image.toString(), "--pid-namespace", "never"));
            awaitOutput("restored");
            assertTrue(Files.exists(performanceData()), "the JVM's file is back");
            say(launcher, "exit 0");
            assertEquals(0, ended(launcher).status());
            assertFalse(Files.exists(performanceData()), "the program removed its file when it ended");
        }
    }

    // --- when it cannot be done -------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restore | name the directory of an image",
                "restore a b | more than one image directory: a and b",
                "restore a --nonsense | there is no option --nonsense",
                "restore a --timeout | option --timeout needs a value",
                "restore a --timeout soon | --timeout is a number of seconds",
                "restore a --timeout 0 | --timeout is more than zero",
                "restore a --pid-namespace maybe | --pid-namespace is auto, always or never",
                "restore a --log-level 9 | --log-level is 0 to 4",
                "nonsense | there is no command nonsense"
            })
    void badUsageEndsWith2(String arguments, String message) throws Exception {
        var ended = run(arguments.split(" "));
        assertEquals(2, ended.status());
        assertTrue(ended.errors().contains(message), ended.errors());
        assertEquals("", ended.output());
    }

    @Test
    void helpIsComplete() throws Exception {
        assertEquals(0, run("--help").status());
        var help = run("restore", "--help");
        assertEquals(0, help.status());
        for (var word : List.of(
                "--detach",
                "--output",
                "--pid-namespace",
                "--timeout",
                "--criu",
                "--log-level",
                "--force",
                "111",
                "112",
                "113",
                "114")) {
            assertTrue(help.output().contains(word), word);
        }
    }

    @Test
    void missingImageEndsWith111() throws Exception {
        var ended = run("restore", "nowhere");
        assertEquals(111, ended.status());
        assertTrue(ended.errors().contains("there is no directory nowhere"), ended.errors());
    }

    @Test
    void takenPidEndsWith113WhenNoNamespaceIsWanted() throws Exception {
        var launcher = start(launcher("restore", image.toString()));
        awaitOutput("restored");
        var second = launcher("restore", image.toString(), "--pid-namespace", "never");
        var errors = directory.resolve("second.err");
        var process = second.redirectOutput(new File("/dev/null"))
                .redirectError(errors.toFile())
                .start();
        Await.until("the end of the second launcher", () -> !process.isAlive());
        assertEquals(113, process.exitValue());
        assertTrue(Files.readString(errors).contains("a PID of the image is in use"), Files.readString(errors));
        assertTrue(Files.readString(errors).contains("--pid-namespace auto"), Files.readString(errors));
        say(launcher, "exit 0");
        assertEquals(0, ended(launcher).status(), "the first one was not harmed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreground", "--detach"})
    void hungCriuIsEndedAtTheDeadline(String mode) throws Exception {
        var criu = script(
                "hanging-criu",
                "#!/bin/sh\nif [ \"$1\" = --version ]; then echo Version: 4.2.1; exit; fi\nsleep 1000 & sleep 1000\n");
        var ended = mode.equals("--detach")
                ? run("restore", image.toString(), "--criu", criu.toString(), "--timeout", "300ms", mode)
                : run("restore", image.toString(), "--criu", criu.toString(), "--timeout", "300ms");
        assertEquals(114, ended.status(), ended.errors());
        assertTrue(ended.errors().contains("did not run within 300ms"), ended.errors());
        Await.until(
                "the end of what criu started",
                () -> Processes.mentioning("sleep 1000").isEmpty());
    }

    @Test
    void signalWhileCriuHangsDoesNotEndTheDeadline() throws Exception {
        var criu = script(
                "hanging-criu",
                "#!/bin/sh\nif [ \"$1\" = --version ]; then echo Version: 4.2.1; exit; fi\n: >started\nexec sleep 1002\n");
        var launcher =
                start(launcher("restore", image.toString(), "--criu", criu.toString(), "--timeout", "2s", "--detach"));
        Await.until("CRIU", () -> Files.exists(directory.resolve("started")));
        kill("TERM", launcher.pid());
        assertEquals(114, ended(launcher).status(), read("err"));
        Await.until(
                "the end of what criu started",
                () -> Processes.mentioning("sleep 1002").isEmpty());
    }

    @Test
    void workingDirectoryOfAnEarlierLauncherIsLeftAlone() throws Exception {
        // In a container the same command has the same PID each time.
        var builder = launcher();
        builder.command(
                "sh", "-c", "mkdir checkpointer.$$; exec \"$0\" restore \"$1\"", LAUNCHER.toString(), image.toString());
        var ended = ended(start(builder));
        assertEquals(0, ended.status(), ended.errors());
        try (var left = Files.newDirectoryStream(directory, "checkpointer.*")) {
            for (var entry : left) {
                Files.delete(entry);
            }
        }
    }

    @Test
    void criuThatHangsWhenAskedForItsVersionIsEndedAtTheDeadline() throws Exception {
        var criu = script("hanging-criu", "#!/bin/sh\nexec sleep 1003\n");
        var ended = run("restore", image.toString(), "--criu", criu.toString(), "--timeout", "080ms");
        assertEquals(112, ended.status(), ended.errors());
        assertTrue(ended.errors().contains("does not say its version"), ended.errors());
        Await.until(
                "the end of what criu started",
                () -> Processes.mentioning("sleep 1003").isEmpty());
    }

    @Test
    void halfRestoredProgramIsEndedAtTheDeadline() throws Exception {
        // The program is restored, but the command that CRIU becomes then never says so.
        var criu = script("silent-criu", """
                #!/bin/sh
                if [ "$1" = --version ]; then echo Version: 4.2.1; exit; fi
                for argument; do
                  shift
                  if [ "$argument" = --exec-cmd ]; then break; fi
                  set -- "$@" "$argument"
                done
                "%s" "$@" --restore-detached
                sleep 1000
                """.formatted(criu()));
        var ended = run(
                "restore", image.toString(), "--criu", criu.toString(), "--timeout", "3s", "--pid-namespace", "always");
        assertEquals(114, ended.status(), ended.errors());
        assertEquals(List.of(), programs(), "nothing half-restored stays");
    }

    /** The program is stopped then, and has nothing of the restore open any more. */
    @Test
    void programOfAKilledSupervisorIsEnded() throws Exception {
        var criu = script(
                "criu-without-supervisor", """
                #!/bin/sh
                if [ "$1" != restore ]; then exec %1$s "$@"; fi
                for _ in "$@"; do
                  if [ "$1" = --exec-cmd ]; then break; fi
                  set -- "$@" "$1"
                  shift
                done
                while [ "$1" != restore ]; do shift; done
                exec %1$s "$@" --exec-cmd -- /bin/sh -c 'kill -s KILL $$'
                """.formatted(CriuCommand.find().path()));
        var ended = run("restore", image.toString(), "--criu", criu.toString());
        assertEquals(113, ended.status(), ended.errors());
    }

    /** A restore that finds the PID taken meanwhile leaves the program of the one that was first alone, which may be stopped yet. */
    @Test
    void stoppedProgramOfAnotherRestoreIsLeftAlone() throws Exception {
        var criu =
                script("criu-that-comes-late", """
                #!/bin/sh
                if [ "$1" != restore ]; then exec %s "$@"; fi
                while [ "$1" != --work-dir ]; do shift; done
                for _ in $(seq 1000); do if [ -e go ]; then break; fi; sleep 0.05; done
                echo "(00.010) Error (criu/cr-restore.c:1): Can't fork for 7: File exists" >"$2/restore.log"
                exit 1
                """.formatted(CriuCommand.find().path()));
        var late = launcher("restore", image.toString(), "--criu", criu.toString(), "--pid-namespace", "never")
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(file("late"))
                .start();
        Await.until("CRIU", () -> !Processes.mentioning(criu + " restore").isEmpty());
        var first = start(launcher("restore", image.toString(), "--leave-stopped", "--pidfile", "pid"));
        Await.until("the PID", () -> !read("pid").isEmpty());
        Files.writeString(directory.resolve("go"), "");
        Await.until("the end of the late one", () -> !late.isAlive());
        assertEquals(113, late.exitValue(), read("late"));
        kill("CONT", Long.parseLong(read("pid").strip()));
        awaitOutput("restored");
        say(first, "exit 7");
        assertEquals(7, ended(first).status());
    }

    @Test
    void failureOfCriuKeepsItsLogAndSaysWhy() throws Exception {
        var criu = script("failing-criu", """
                #!/bin/sh
                if [ "$1" = --version ]; then echo Version: 4.2.1; exit; fi
                while [ "$1" != --work-dir ]; do shift; done
                echo "(00.010) Error (criu/files-reg.c:2175): File var/app.log has bad size 12 (expect 7)" >"$2/restore.log"
                exit 1
                """);
        var ended = run("restore", image.toString(), "--criu", criu.toString());
        assertEquals(113, ended.status());
        assertTrue(ended.errors().contains("a file that the program uses has changed since the dump"), ended.errors());
        assertTrue(ended.errors().contains("\n  File var/app.log has bad size 12 (expect 7)\n"), ended.errors());
        var log = Path.of(ended.errors().replaceAll("(?s).*log: ", "").strip());
        assertTrue(Files.readString(log).contains("bad size"));
    }

    private static Path criu() throws Exception {
        return CriuCommand.find().path();
    }

    private static void kill(String signal, long pid) throws IOException {
        assertEquals(
                0,
                Processes.run(List.of("kill", "-s", signal, Long.toString(pid))).status());
    }

    /** The restored program keeps the command line that it had when it was started. */
    private List<Long> programs() {
        return Processes.mentioning(StreamsProgram.class.getName() + " " + directory).stream()
                .map(line -> Long.parseLong(line.split(" ")[0]))
                .toList();
    }

    private Path performanceData() throws IOException {
        return Files.readAllLines(image.resolve("manifest")).stream()
                .filter(line -> line.startsWith("perfdata="))
                .map(line -> Path.of(line.substring("perfdata=".length())))
                .findFirst()
                .orElseThrow();
    }

    /** PID 1 may take a while to collect the program that was dumped. */
    private void awaitFreePid() throws IOException {
        var pid = Files.readAllLines(image.resolve("manifest")).stream()
                .filter(line -> line.startsWith("pid="))
                .map(line -> line.substring(4))
                .findFirst()
                .orElseThrow();
        Await.until("PID " + pid + " to be free", () -> !Files.exists(Path.of("/proc", pid)));
    }
}
