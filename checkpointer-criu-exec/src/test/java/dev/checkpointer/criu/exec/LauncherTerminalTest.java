package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that is dumped on a terminal; script(1) provides the terminals. */
class LauncherTerminalTest extends LauncherFixture {
    private static final String CONTROL_C = "\3";

    @Override
    @BeforeEach
    void makeImage() throws IOException {
        image = directory.resolve("image");
        var java = Stream.of(
                        Jdk.all().findFirst().orElseThrow().java().toString(),
                        "-XX:+UseSerialGC",
                        "-Dcheckpointer.image=" + image,
                        "-cp",
                        Target.classPath(),
                        StreamsProgram.class.getName(),
                        directory.toString())
                .collect(Collectors.joining("' '", "'", "'"));
        var dumped = start(onTerminal(java));
        Await.until("the end of the dumped program", () -> !dumped.isAlive());
        assertTrue(Files.exists(image.resolve("manifest")), () -> "no image: " + read("out"));
    }

    private ProcessBuilder onTerminal(String command) {
        var heeding = new ArrayList<>(HEEDING_SIGNALS);
        heeding.addAll(List.of("script", "-q", "-e", "-c", command, "/dev/null"));
        var builder = new ProcessBuilder(heeding);
        builder.environment().put("TMPDIR", directory.toString());
        builder.environment().put("SHELL", "/bin/sh");
        return builder.directory(directory.toFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always"})
    void comesBackOnAnotherTerminal(String namespace) throws Exception {
        var terminal = start(onTerminal(LAUNCHER + " restore '" + image + "' --pid-namespace " + namespace));
        awaitOutput("complaint"); // or it comes between the terminal's echo and the program's
        say(terminal, "echo hello");
        awaitOutput("hello\r\nhello");
        say(terminal, "exit 6");
        Await.until("the end of the terminal", () -> !terminal.isAlive());
        assertEquals(6, terminal.exitValue(), read("out"));
    }

    @Test
    void interruptKeyReachesTheProgramOnce() throws Exception {
        var terminal = start(onTerminal(LAUNCHER + " restore '" + image + "'"));
        awaitOutput("restored");
        terminal.getOutputStream().write(CONTROL_C.getBytes());
        terminal.getOutputStream().flush();
        Await.until("the end of the terminal", () -> !terminal.isAlive());
        assertEquals(130, terminal.exitValue(), read("out"));
        assertEquals(2, read("out").split("shutdown", -1).length, read("out"));
    }

    @Test
    void withoutATerminalIsRefusedWithTheRemedy() throws Exception {
        var ended = run("restore", image.toString());
        assertEquals(112, ended.status());
        assertTrue(ended.errors().contains("the program was dumped on a terminal"), ended.errors());
        assertTrue(ended.errors().contains("script -q -c"), ended.errors());
    }

    @Test
    void imageKnowsTheTerminal() throws Exception {
        var streams = Files.readAllLines(Path.of(image.toString(), "manifest")).stream()
                .filter(line -> line.startsWith("stdio."))
                .toList();
        assertEquals(3, streams.size());
        assertTrue(streams.get(0).matches("stdio\\.0=tty\\[[0-9a-f]+:[0-9a-f]+\\]"), streams::toString);
    }
}
