package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A program in a PID namespace of its own, as in a container, and an operator outside or inside. */
class NamespaceIT {
    /** Descriptors that were opened outside have a mount that CRIU does not find inside. */
    private static final String INIT =
            "setsid \"$@\" </dev/null >>output.txt 2>&1 & exec <&- >/dev/null 2>&1; while :; do wait; sleep 1; done";

    private Path directory;
    private Process namespace;
    private long pid;
    private String inside;
    private Path socket;

    @BeforeEach
    void start() throws IOException {
        directory = AgentFixture.newDirectory();
        var command = unshare();
        command.addAll(
                List.of("sh", "-c", INIT, "init", AgentFixture.jdk().java().toString(), "-XX:+UseSerialGC"));
        command.add("-javaagent:" + AgentFixture.AGENT + "=control=" + directory.resolve("c") + ",timeout=3s");
        command.addAll(List.of("-cp", AgentFixture.ownClasses(), ResourceProgram.class.getName()));
        command.add(directory.resolve("behaviour").toString());
        namespace = start(command);
        pid = Await.value("the program", this::javaBelow);
        inside = lastWord(Files.readString(Path.of("/proc", Long.toString(pid), "status")), "NSpid:");
        socket = directory.resolve("c/checkpointer." + inside);
        Await.until("the socket " + socket, () -> Files.exists(socket, LinkOption.NOFOLLOW_LINKS));
        assertNotEquals(Long.toString(pid), inside);
        awaitLines("ready", 1);
    }

    @AfterEach
    void end() {
        Processes.end(namespace.pid());
    }

    @Test
    void theScriptFindsTheSocketFromOutsideAndAFailureEndsWithTheDeadline() throws IOException {
        var image = Files.createDirectory(directory.resolve("image"));
        var result = Processes.run(dump(Long.toString(pid), image));
        assertNotEquals(0, result.status(), "CRIU cannot dump it from outside");
        assertEquals(1, lines("before"), result.output());
        awaitLines("after", 1);
        Await.until("the status", () -> status().contains("state=idle"));
        assertTrue(status().contains("last=timed-out"), status());
        assertTrue(status().contains(" pid=" + inside + " "), status());
    }

    @Test
    void itIsDumpedFromInsideAndRestoredIntoAnotherNamespace() throws IOException {
        var image = Files.createDirectory(directory.resolve("image"));
        var init = Processes.children(namespace.pid());
        var command = new ArrayList<>(List.of("nsenter", "-t", init, "-p", "-m"));
        command.addAll(dump(inside, image));
        var result = Processes.run(command);
        assertEquals(0, result.status(), result.output());
        assertEquals(1, lines("before"));
        Processes.end(namespace.pid());

        var restore = unshare();
        restore.addAll(List.of(Criu.command(), "restore", "--action-script", AgentFixture.ACTIONS.toString()));
        restore.addAll(List.of("-D", image.toString(), "-j"));
        namespace = start(restore);
        awaitLines("after", 1);
        Await.until("the status", () -> status().contains("checkpoints=1 restores=1 last=restored"));
        assertEquals(1, lines("after"));
    }

    private static List<String> unshare() {
        return new ArrayList<>(List.of("unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"));
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("namespace.txt").toFile())
                .start();
    }

    private static List<String> dump(String pid, Path image) {
        var actions = AgentFixture.ACTIONS.toString();
        return List.of(Criu.command(), "dump", "-t", pid, "--action-script", actions, "-D", image.toString(), "-j");
    }

    /** The grandchild: init is in between. */
    private Optional<Long> javaBelow() {
        try {
            for (var child : Processes.children(Long.parseLong(Processes.children(namespace.pid())))
                    .split(" ")) {
                if (Files.readString(Path.of("/proc", child, "comm")).equals("java\n")) {
                    return Optional.of(Long.parseLong(child));
                }
            }
            return Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // not yet
        }
    }

    private static String lastWord(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll(".*\\s", ""))
                .findFirst()
                .orElseThrow();
    }

    private String status() {
        try {
            return AgentFixture.ask(socket, "status");
        } catch (IOException e) {
            return "";
        }
    }

    private long lines(String line) throws IOException {
        var output = directory.resolve("output.txt");
        return Files.exists(output)
                ? Files.readAllLines(output).stream().filter(line::equals).count()
                : 0;
    }

    private void awaitLines(String line, int count) {
        Await.until("the line " + line, () -> {
            try {
                return lines(line) >= count;
            } catch (IOException e) {
                return false;
            }
        });
    }
}
