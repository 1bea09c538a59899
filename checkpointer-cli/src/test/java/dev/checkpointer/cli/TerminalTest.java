package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command as somebody at a terminal has it; script(1) of util-linux makes the terminal. */
@Tag("distribution")
class TerminalTest {
    private static final Path COMMAND = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    private static final String CONTROL_C = "\3";
    private static final String CONTROL_Z = "\32";

    @TempDir
    Path directory;

    private Process terminal;
    private Target target;

    @BeforeEach
    void startAProgram() throws IOException {
        boolean there = Processes.run(List.of("sh", "-c", "command -v script")).status() == 0;
        assumeTrue(there, "script(1), which makes terminals, is not installed (bsdutils, util-linux)");
        target = Target.start(Jdk.all().findFirst().orElseThrow(), directory, Map.of());
        assertEquals("1", target.ask("count"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        target.close();
        if (terminal != null) {
            terminal.destroyForcibly();
        }
        Await.until(
                "the end of all that was started",
                () -> Processes.mentioning(directory.toString()).isEmpty());
        assertEquals(List.of(), leftovers(), "working directories of the launcher");
    }

    @Test
    void interruptEndsARestoredServerAndTheLauncher() throws Exception {
        var image = dump();
        shell("stty -g; '" + COMMAND + "' restore '" + image + "'; echo status $?; stty -g");
        awaitProgram();
        assertEquals("2", target.ask("count"));
        type(CONTROL_C);
        awaitOutput("status 130");
        Await.until("the end of the terminal", () -> !terminal.isAlive());
        Processes.awaitEnd(target.pid());
        var settings = output().lines().filter(line -> line.contains(":")).toList();
        assertEquals(2, settings.size(), output());
        assertEquals(settings.get(0), settings.get(1), "the terminal is as it was");
    }

    /** The launcher stops, as the shell's job; the program, which has a session of its own, goes on. */
    @Test
    void suspendStopsTheLauncherAlone() throws Exception {
        var image = dump();
        shell("set -m; '" + COMMAND + "' restore '" + image + "'; echo stopped $?; fg; echo status $?");
        awaitProgram();
        assertEquals("2", target.ask("count"));
        type(CONTROL_Z);
        awaitOutput("stopped ");
        assertEquals("3", target.ask("count"));
        type(CONTROL_C);
        awaitOutput("status 130");
        Processes.awaitEnd(target.pid());
    }

    /** CRIU is held up, so that the key comes while the command works. */
    @ParameterizedTest
    @CsvSource({"criu-exec", "criu-rpc"})
    void interruptOfACheckpointLeavesTheProgramAlone(String engine) throws Exception {
        var begun = directory.resolve("begun");
        var criu = Files.writeString(
                directory.resolve("criu"),
                "#!/bin/sh\ncase $1 in dump | swrk) touch '" + begun + "'; exec sleep 600 ;; esac\nexec '"
                        + System.getenv().getOrDefault("CHECKPOINTER_CRIU", "/opt/checkpointer/bin/criu")
                        + "' \"$@\"\n");
        assertTrue(criu.toFile().setExecutable(true));
        var image = directory.resolve("image");
        shell("CHECKPOINTER_CRIU='" + criu + "' '" + COMMAND + "' checkpoint " + target.pid() + " --no-hooks --to '"
                + image + "' --engine " + engine + "; echo status $?");
        Await.until("the begin of the dump\n" + output(), () -> Files.exists(begun));
        type(CONTROL_C);
        awaitOutput("status 130");
        assertEquals("2", target.ask("count"));
        assertFalse(Files.exists(image.resolve("manifest")));
        assertFalse(Files.exists(image.resolve("manifest.part")));
    }

    @Test
    void progressIsForTerminalsAndColourForThoseWhoWantIt() throws Exception {
        var checkpoint = "'" + COMMAND + "' checkpoint " + target.pid()
                + " --no-hooks --leave-running --overwrite --to '" + directory.resolve("image") + "'";
        shell("TERM=xterm " + checkpoint + "; echo done");
        awaitOutput("done");
        assertTrue(output().contains("\u001b[2m") && output().contains(" …"), output());
        shell("TERM=xterm NO_COLOR=1 " + checkpoint + "; TERM=dumb " + checkpoint + "; echo done");
        awaitOutput("done");
        assertEquals(3, output().split(" …", -1).length, output());
        assertFalse(output().contains("\u001b"), output());
        shell(checkpoint + " >'" + directory + "/plain.txt' 2>&1; echo done");
        awaitOutput("done");
        var plain = Files.readString(directory.resolve("plain.txt"));
        assertTrue(plain.contains("goes on") && !plain.contains("…") && !plain.contains("\u001b"), plain);
    }

    private Path dump() {
        var image = directory.resolve("image");
        var ended = Cli.run("checkpoint", Long.toString(target.pid()), "--no-hooks", "--to", image.toString());
        assertEquals(0, ended.status(), ended.errors());
        // It is free when the parent has collected the process, be it PID 1; then the program gets it again.
        var process = Path.of("/proc", Long.toString(target.pid()));
        Await.until("the PID to be free", () -> !Files.exists(process));
        return image;
    }

    private void awaitProgram() {
        Await.until("the restored program\n" + output(), () -> Processes.runs(target.pid()));
        // A shell that is stopped in the moment when it starts a command does not tell its parent.
        Await.until("the launcher to be at rest", () -> leftovers().isEmpty());
    }

    /** Runs lines in a shell on a terminal. The shell survives the keys that are meant for what it runs. */
    private void shell(String lines) throws IOException {
        var script = Files.writeString(directory.resolve("lines"), "trap : INT\n" + lines + "\n");
        // The suite may run where signals are ignored, as below nohup, and children inherit that.
        var builder = new ProcessBuilder(
                "env", "--default-signal=INT,TSTP", "script", "-q", "-e", "-c", "sh '" + script + "'", "/dev/null");
        builder.environment().put("TMPDIR", directory.toString());
        builder.environment().put("SHELL", "/bin/sh");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("NO_COLOR");
        terminal = builder.directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("screen").toFile())
                .start();
    }

    private void type(String keys) throws IOException {
        terminal.getOutputStream().write(keys.getBytes());
        terminal.getOutputStream().flush();
    }

    private void awaitOutput(String text) {
        Await.until("'" + text + "' on the terminal", () -> output().contains(text) || !terminal.isAlive());
        assertTrue(output().contains(text), output());
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("screen"));
        } catch (IOException e) {
            return "";
        }
    }

    private List<String> leftovers() {
        try (var files = Files.newDirectoryStream(directory, "checkpointer.*")) {
            var names = new ArrayList<String>();
            files.forEach(file -> names.add(file.toString()));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
