package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Images that a setting asks for, of a program without checkpointer by the agent, and of one that has it without the agent. */
class TriggersIT {
    private static final Pattern COUNT = Pattern.compile("count (\\d+)");

    static Stream<Arguments> triggers() {
        return Jdk.all()
                .flatMap(jdk -> Stream.of(
                                "http:http://127.0.0.1:%port/health", "log:get ready", "delay:0.6", "main-returned")
                        .flatMap(at -> Stream.of(Arguments.of(jdk, true, at), Arguments.of(jdk, false, at))));
    }

    @ParameterizedTest
    @MethodSource("triggers")
    void takeAProgramToAnImageOnce(Jdk jdk, boolean agent, String at) throws IOException {
        try (var program = start(jdk, agent, at)) {
            var image = program.directory().resolve("image");
            Processes.awaitEnd(program.pid());
            assertTrue(Files.exists(image.resolve("manifest")), program.output());
            assertEquals("", told(program));
            if (at.startsWith("http")) {
                assertEquals(1, program.count("asked 3 true"), program.output());
                assertEquals(0, program.count("asked 4 true"), program.output());
            }
            long counted = counts(program.output());
            try (var restored = Restored.from(image)) {
                restored.awaitLine("count " + (counted + 50));
                assertTrue(restored.output().startsWith("count "), restored.output());
                assertFalse(restored.output().contains("checkpointer: "), restored.output());
                assertFalse(threads(restored.pid()).contains("checkpointer-tr"));
            }
        }
    }

    static Stream<Arguments> signals() {
        return Jdk.all().flatMap(jdk -> Stream.of(Arguments.of(jdk, true, "USR2"), Arguments.of(jdk, false, "USR1")));
    }

    @ParameterizedTest
    @MethodSource("signals")
    void aSignalAsksAgainAndAgain(Jdk jdk, boolean agent, String signal) throws IOException {
        try (var program = start(jdk, agent, "signal:" + signal, "-Dcheckpointer.overwrite=true")) {
            var image = program.directory().resolve("image");
            program.awaitLine("count 3");
            Await.until("the trigger", () -> threads(program.pid()).contains("checkpointer-tr"));
            send(signal, program.pid());
            Processes.awaitEnd(program.pid());
            long counted = counts(program.output());
            long first = Files.getLastModifiedTime(image.resolve("manifest")).toMillis();
            try (var restored = Restored.from(image)) {
                restored.awaitLine("count " + (counted + 3));
                send(signal, restored.pid());
                Processes.awaitEnd(restored.pid());
                assertTrue(Files.getLastModifiedTime(image.resolve("manifest")).toMillis() > first);
                counted = counts(restored.output());
            }
            try (var restored = Restored.from(image)) {
                restored.awaitLine("count " + (counted + 3));
            }
        }
    }

    @Test
    void warmsUpBetweenTheTriggerAndTheImage() throws IOException {
        var warmUp = "-Dcheckpointer.warmup=sleep 0.3; echo warm-up of $PPID";
        try (var program = start(AgentFixture.jdk(), true, "log:get ready", warmUp)) {
            Processes.awaitEnd(program.pid());
            var lines = program.output().lines().toList();
            int warm = lines.indexOf("warm-up of " + program.pid());
            assertTrue(warm > lines.indexOf("get ready"), program.output());
            assertTrue(lines.get(warm - 1).startsWith("count "), program.output());
            assertTrue(Files.exists(program.directory().resolve("image/manifest")));
        }
    }

    @Test
    void makesNoImageWhenTheWarmUpFails() throws IOException {
        try (var program = start(AgentFixture.jdk(), true, "main-returned", "-Dcheckpointer.warmup=exit 3")) {
            Await.until("the remedy", () -> program.output().contains("  Correct checkpointer.warmup"));
            goesOnWithoutAnImage(program);
            assertEquals(
                    "checkpointer: no image at main-returned: the warm-up ended with status 3: exit 3\n"
                            + "  Correct checkpointer.warmup",
                    told(program));
        }
    }

    @Test
    void endsAWarmUpThatTakesTooLong() throws IOException {
        var sleep = "sleep 61234." + ProcessHandle.current().pid();
        var options = new String[] {"-Dcheckpointer.warmup=" + sleep + " & wait", "-Dcheckpointer.timeout=500ms"};
        try (var program = start(AgentFixture.jdk(), true, "delay:0", options)) {
            Await.until("the remedy", () -> program.output().contains("  Correct checkpointer.warmup"));
            goesOnWithoutAnImage(program);
            assertTrue(
                    told(program)
                            .startsWith("checkpointer: no image at delay:0: the warm-up has not ended within 0.5 s: "),
                    program.output());
            Await.until(
                    "the end of the warm-up",
                    () -> Processes.mentioning(sleep).stream().allMatch(line -> line.startsWith(program.pid() + " ")));
        }
    }

    @Test
    void tellsWhyThereIsNoImage() throws IOException {
        try (var program = start(AgentFixture.jdk(), true, "delay:0.3", "-Dcheckpointer.image=/proc/none")) {
            Await.until("a failure", () -> program.output().contains("checkpointer: "));
            program.awaitLine("count 20");
            assertTrue(told(program).startsWith("checkpointer: no image at delay:0.3: "), told(program));
            assertTrue(told(program).contains("/proc/none"), told(program));
            assertEquals(
                    1,
                    told(program).lines().filter(line -> !line.startsWith(" ")).count(),
                    told(program));
        }
    }

    @Test
    void tellsOfABadValueWithoutTheAgent() throws IOException {
        try (var program = start(AgentFixture.jdk(), false, "signal:KILL")) {
            program.awaitLine("count 20");
            assertEquals(
                    "checkpointer: no trigger: setting checkpointer.at has the value 'signal:KILL', allowed is http:URL,"
                            + " log:TEXT, delay:SECONDS, signal:USR1, signal:USR2 or main-returned\n"
                            + "  The program goes on without it. Correct the setting",
                    told(program));
        }
    }

    @Test
    void tellsThatSignalsNeedAModule() throws IOException {
        var options = new String[] {"--limit-modules=java.logging,java.instrument,jdk.httpserver,jdk.net"};
        try (var program = start(AgentFixture.jdk(), true, "signal:USR2", options)) {
            program.awaitLine("count 20");
            Await.until("the remedy", () -> program.output().contains("--add-modules jdk.unsupported"));
            assertTrue(told(program).startsWith("checkpointer: no trigger: signals need the module"), told(program));
        }
    }

    /** As a jar of jars is: nothing but the program's own loader knows its classes, and it has no org.crac. */
    @Test
    void takesAProgramWithALoaderOfItsOwnToAnImageAlsoWhenTheControlDirectoryIsLost() throws IOException {
        var directory = AgentFixture.newDirectory();
        var control = directory.resolve("c");
        var options = List.of(
                "-javaagent:%agent=at=log:get ready,control=" + control + ",image=" + directory.resolve("image"),
                "-Dprogram=" + TriggerProgram.class.getName(),
                "-Dlibraries=" + AgentFixture.ownClasses());
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, options, OwnLoaderProgram.class)) {
            Processes.awaitEnd(program.pid());
            assertTrue(Files.exists(directory.resolve("image/manifest")), program.output());
            var socket = control.resolve("checkpointer." + program.pid());
            assertFalse(Files.exists(socket), "the socket is not in the image");
            Files.deleteIfExists(control.resolve("lock"));
            Files.delete(control);
            try (var restored = Restored.from(directory.resolve("image"))) {
                restored.awaitLine("count " + (counts(program.output()) + 5));
                Await.until("the socket", () -> Files.exists(socket));
                Files.delete(socket);
            }
            AgentFixture.deleteImage(directory);
        }
    }

    private static AgentFixture start(Jdk jdk, boolean agent, String at, String... options) throws IOException {
        int port = freePort();
        var all = new ArrayList<String>();
        if (agent) {
            all.add("-javaagent:%agent=control=%control,at=" + at);
        } else {
            all.addAll(List.of("-Dlibrary=true", "-Dcheckpointer.at=" + at));
        }
        all.addAll(List.of("-Dport=" + port, "-Dcheckpointer.image=%directory/image"));
        all.addAll(List.of(options));
        all.replaceAll(option -> option.replace("%port", Integer.toString(port)));
        return AgentFixture.start(jdk, agent, all, TriggerProgram.class);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void send(String signal, long pid) throws IOException {
        assertEquals(
                0,
                Processes.run(List.of("kill", "-" + signal, Long.toString(pid))).status());
    }

    private static void goesOnWithoutAnImage(AgentFixture program) {
        program.awaitLine("count " + (counts(program.output()) + 10));
        assertFalse(Files.exists(program.directory().resolve("image")));
    }

    /** What is not the program's own output. */
    private static String told(AgentFixture program) {
        return String.join(
                "\n",
                program.output()
                        .lines()
                        .filter(line -> line.startsWith("checkpointer") || line.startsWith("  "))
                        .toList());
    }

    /** The last number that was counted. */
    private static long counts(String output) {
        return COUNT.matcher(output)
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .max()
                .orElse(0);
    }

    private static String threads(long pid) {
        var names = new StringBuilder();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var task : tasks) {
                names.append(Files.readString(task.resolve("comm")));
            }
        } catch (IOException e) {
            return ""; // it has ended
        }
        return names.toString();
    }
}
