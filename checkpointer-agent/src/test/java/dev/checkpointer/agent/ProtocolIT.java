package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolIT {
    private static AgentFixture program;

    @BeforeAll
    static void start() throws IOException {
        program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class);
        program.awaitLine("ready");
    }

    @AfterAll
    static void end() throws IOException {
        program.close();
    }

    @Test
    void letsNobodyElseIn() throws IOException {
        var directory = program.socket().getParent();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(program.socket())));
    }

    @Test
    void answersEveryCommandOfAConnection() throws IOException {
        var answers = program.ask("version", "status", "resources", "descriptors");
        assertTrue(
                answers.matches("(?s)ok version=\\S+ protocol=1\nok state=idle pid=" + program.pid()
                        + " .*\n dev.checkpointer.agent.ResourceProgram\nok resources=1\n 0 /dev/null\n.*\n"
                        + "ok descriptors=\\d+ obstacles=0\n"),
                answers);
    }

    @Test
    void preparesAndAborts() throws IOException {
        long before = program.count("before");
        assertEquals("ok prepared for a dump\n", program.ask("before-checkpoint", "status"));
        program.awaitStatus("state=prepared");
        var second = program.ask("before-checkpoint");
        assertTrue(second.endsWith("error nothing was prepared\n") && second.contains("already under way"), second);
        assertEquals("ok aborted\nok no checkpoint is prepared\n", program.ask("abort", "abort"));
        assertEquals(before + 1, program.count("before"));
        assertEquals(before + 1, program.count("after"));
        assertTrue(program.ask("status").contains("last=aborted"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense|error unknown command; known are status",
                "status now|error the command takes nothing",
                "abort now|error the command takes nothing",
                "after-restore x|error the command takes nothing",
                "before-checkpoint foo|error option 'foo' is unknown; known are check, dumper, ghost.limit, sizes, tcp, timeout",
                "before-checkpoint image=/x|error option 'image=/x' is unknown",
                "before-checkpoint timeout=never|error setting checkpointer.timeout has the value 'never'",
                "before-checkpoint dumper=one|error dumper=one is no PID",
                "before-checkpoint dumper=0|error dumper=0 does not run",
                "before-checkpoint check=maybe|error check=maybe is neither",
                "checkpoint|error checkpoint needs the absolute path",
                "checkpoint there|error checkpoint needs the absolute path",
                "checkpoint /x tcp=open|error setting checkpointer.tcp has the value 'open'",
                "checkpoint \"/x|error a quotation does not end",
                "\"\"|error unknown command",
            })
    void refusesWhatItDoesNotKnow(String line, String answer) throws IOException {
        var actual = program.ask(line);
        assertTrue(actual.startsWith(answer), actual);
        assertEquals(1, actual.lines().count(), actual);
    }

    @Test
    void survivesHalfALineAndClientsThatGo() throws IOException {
        assertEquals("", program.send("before-check".getBytes(StandardCharsets.UTF_8)));
        for (int i = 0; i < 50; i++) {
            try (var channel = program.connect()) {
                channel.write(ByteBuffer.wrap("status\nversion\nresou".getBytes(StandardCharsets.UTF_8)));
            }
        }
        assertAnswers();
    }

    @Test
    void answersTenThousandLines() throws IOException {
        var lines = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            lines.append(i % 2 == 0 ? "version\r\n" : "bogus\n");
        }
        var answers = program.send(lines.toString().getBytes(StandardCharsets.UTF_8));
        assertEquals(
                5_000,
                answers.lines().filter(line -> line.startsWith("ok version")).count());
        assertEquals(
                5_000, answers.lines().filter(line -> line.startsWith("error")).count());
    }

    @Test
    void refusesALineThatIsTooLong() throws IOException {
        var answer = program.send("x".repeat(1_000_000).getBytes(StandardCharsets.UTF_8));
        assertTrue(answer.startsWith("error a line is longer than 8192 bytes"), answer);
        assertAnswers();
    }

    @Test
    void makesRoomForTheNextOneWhenManySayNothing() throws IOException {
        var idle = new ArrayList<SocketChannel>();
        try {
            for (int i = 0; i < 200; i++) {
                idle.add(program.connect());
            }
            assertAnswers();
        } finally {
            for (var channel : idle) {
                channel.close();
            }
        }
    }

    /** Half of the inputs are bytes by chance, half are made from the protocol's own words. */
    @Test
    void survivesTenThousandRandomInputs() throws IOException {
        var random = new Random(4);
        var words = List.of(
                "status",
                "version",
                "resources",
                "before-checkpoint",
                "after-restore",
                "abort",
                "checkpoint",
                " ",
                "\"",
                "\\",
                "=",
                "\n",
                "\r\n",
                "\0",
                "tcp=close",
                "timeout=1ms",
                "relative",
                "é",
                "check=");
        for (int i = 0; i < 10_000; i++) {
            var input = new StringBuilder();
            if (i % 2 == 0) {
                var bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                input.append(new String(bytes, StandardCharsets.ISO_8859_1));
            } else {
                for (int n = random.nextInt(6); n >= 0; n--) {
                    input.append(words.get(random.nextInt(words.size())));
                }
            }
            input.append('\n');
            program.send(input.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        program.ask("abort");
        program.awaitStatus("state=idle");
        assertAnswers();
        assertEquals(program.count("before"), program.count("after"));
    }

    private static void assertAnswers() throws IOException {
        var answer = program.ask("version");
        assertTrue(answer.startsWith("ok version="), answer);
    }
}
