package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LoadingIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void saysNothingWhenItStartsWithTheProgram(Jdk jdk) throws IOException {
        try (var program = AgentFixture.start(jdk, ResourceProgram.class)) {
            program.awaitLine("ready");
            assertEquals("ready\n", program.output());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void joinsARunningProgramOnce(Jdk jdk) throws IOException {
        var options = List.of("-Dcheckpointer.control=%control", "-XX:+EnableDynamicAgentLoading");
        try (var program = AgentFixture.start(jdk, false, options, ResourceProgram.class)) {
            program.awaitLine("ready");
            load(jdk, program, "");
            load(jdk, program, "control=/elsewhere");
            program.awaitSocket();
            assertEquals(
                    " dev.checkpointer.agent.ResourceProgram\nok resources=1\nok prepared for a dump\n",
                    program.ask("resources", "before-checkpoint"));
            assertEquals("ok aborted\n", program.ask("abort"));
            assertEquals("ready\nbefore\nafter\n", program.output());
        }
    }

    @Test
    void saysThatTheResourcesOfAProgramWithoutAnImplementationAreNotKnown() throws IOException {
        var options = List.of("-Dcheckpointer.control=%control", "-Xbootclasspath/a:" + cracJar());
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, options, ResourceProgram.class)) {
            program.awaitLine("ready");
            load(AgentFixture.jdk(), program, "");
            program.awaitSocket();
            assertTrue(program.output().contains("its resources are not known"), program.output());
            assertEquals("ok resources=0 unreachable=true\n", program.ask("resources"));
        }
    }

    @Test
    void givesAProgramWithoutCheckpointerWhatOrgCracNeeds() throws IOException {
        var options = List.of("-javaagent:%agent=control=%control");
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, options, ResourceProgram.class)) {
            program.awaitSocket();
            program.awaitLine("ready");
            assertTrue(program.ask("resources").contains("ResourceProgram"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "=contrl=/x|option 'contrl' is unknown",
                "=control|option 'control' is not of the form key=value",
                "=timeout=never|setting checkpointer.timeout has the value 'never'",
                "=at=htp:x|setting checkpointer.at has the value 'htp:x', allowed is http:URL, log:TEXT, delay:SECONDS,",
                "=at=http:localhost:8080/|setting checkpointer.at has the value",
                "=at=log:|setting checkpointer.at has the value",
                "=at=delay:soon|setting checkpointer.at has the value",
                "=at=signal:INT|setting checkpointer.at has the value",
                "=control=/proc/x|cannot use /proc/x for the control socket",
            })
    void leavesAProgramAloneWhenItCannotStart(String options, String error) throws IOException {
        var agent = List.of("-javaagent:%agent" + options);
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, agent, PlainProgram.class)) {
            Await.until("the remedy", () -> program.output().contains("goes on without it. "));
            program.awaitLine("count 2");
            var lines = program.output()
                    .lines()
                    .filter(line -> !line.startsWith("count "))
                    .toList();
            assertEquals(2, lines.size(), program.output());
            assertTrue(lines.get(0).startsWith("checkpointer agent: not started: " + error), lines.get(0));
            assertTrue(lines.get(1).startsWith("  The program goes on without it. "), lines.get(1));
        }
    }

    @Test
    void refusesADirectoryThatOthersMayEnter() throws IOException {
        var directory = AgentFixture.newDirectory();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
        var link = Files.createSymbolicLink(AgentFixture.newDirectory().resolve("link"), directory);
        for (var bad : List.of(directory, link)) {
            var agent = List.of("-javaagent:%agent=control=" + bad);
            try (var program = AgentFixture.start(AgentFixture.jdk(), true, agent, PlainProgram.class)) {
                Await.until("a refusal", () -> program.output().contains("goes on without it. "));
                assertTrue(program.output().contains("cannot use " + bad), program.output());
                assertTrue(
                        program.output().contains(bad.equals(link) ? "it is no directory" : "mode 750, expected 700"),
                        program.output());
            }
        }
    }

    @Test
    void clearsAwayWhatDeadProgramsLeft() throws Exception {
        var control = Files.createDirectory(
                AgentFixture.newDirectory().resolve("c"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        var stale = control.resolve("checkpointer." + dead.pid());
        var alive = control.resolve("checkpointer." + ProcessHandle.current().pid());
        var file = Files.createFile(control.resolve("checkpointer.999999999"));
        var first = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        first.bind(UnixDomainSocketAddress.of(stale));
        first.close();
        try (var second = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            second.bind(UnixDomainSocketAddress.of(alive));
            var agent = List.of("-javaagent:%agent=control=" + control);
            try (var program = AgentFixture.start(AgentFixture.jdk(), true, agent, PlainProgram.class)) {
                var own = control.resolve("checkpointer." + program.pid());
                Await.until("the socket " + own, () -> Files.exists(own, LinkOption.NOFOLLOW_LINKS));
                assertFalse(Files.exists(stale, LinkOption.NOFOLLOW_LINKS));
                assertTrue(Files.exists(alive, LinkOption.NOFOLLOW_LINKS));
                assertTrue(Files.exists(file));
                Files.deleteIfExists(own);
            }
        }
    }

    @Test
    void leavesNoSocketWhenTheProgramEnds() throws IOException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            program.awaitLine("ready");
            program.behave("end");
            Processes.awaitEnd(program.pid());
            assertFalse(Files.exists(program.socket(), LinkOption.NOFOLLOW_LINKS));
        }
    }

    private static void load(Jdk jdk, AgentFixture program, String options) throws IOException {
        var jcmd = jdk.home().resolve("bin/jcmd").toString();
        var agent = AgentFixture.AGENT + (options.isEmpty() ? "" : "=" + options);
        var result = Processes.run(List.of(jcmd, Long.toString(program.pid()), "JVMTI.agent_load", agent));
        assertEquals(0, result.status(), result.output());
    }

    private static String cracJar() {
        return Arrays.stream(Target.classPath().split(":"))
                .filter(entry -> entry.contains("/org/crac/"))
                .collect(Collectors.joining(":"));
    }
}
