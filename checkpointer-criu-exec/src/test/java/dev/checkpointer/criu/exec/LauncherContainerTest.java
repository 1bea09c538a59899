package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as PID 1 of a PID and mount namespace, as containers have it, put there by a shell script. */
class LauncherContainerTest extends LauncherFixture {
    /** Runs a command with sockets in the place of standard streams. */
    private static final String SOCKETS = """
            use IO::Socket;
            my @relays;
            for my $number (0 .. 2) {
              next unless shift(@ARGV) eq "socket";
              socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;
              my $relay = fork() // die;
              if (!$relay) {
                close($theirs);
                open(STDOUT, ">&", $number == 2 ? \\*STDERR : $number == 1 ? \\*STDOUT : $ours);
                open(STDIN, "<&", $ours) if $number;
                while (sysread(STDIN, my $bytes, 4096)) { syswrite(STDOUT, $bytes); }
                exit 0;
              }
              close($ours);
              push(@relays, [$number, $theirs, $relay]);
            }
            my $program = fork() // die;
            if (!$program) {
              for my $relay (@relays) { POSIX::dup2(fileno($relay->[1]), $relay->[0]); }
              exec(@ARGV) or die;
            }
            for my $relay (@relays) { close($relay->[1]); }
            waitpid($program, 0);
            my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
            for my $relay (@relays) { kill("KILL", $relay->[2]) if !$relay->[0]; waitpid($relay->[2], 0); }
            exit $status;
            """;

    private Path entry;

    @BeforeEach
    void makeEntry() throws IOException {
        entry = script("entry", "#!/bin/sh\nexec " + LAUNCHER + " restore \"$@\"\n");
    }

    /** A command in new namespaces, with the shell script's arguments. */
    private ProcessBuilder container(String... arguments) {
        return container(List.of(), arguments);
    }

    private ProcessBuilder container(List<String> before, String... arguments) {
        var builder = launcher();
        var command = new ArrayList<>(HEEDING_SIGNALS);
        command.addAll(before);
        command.addAll(List.of("unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child", "--"));
        command.addAll(List.of(entry.toString(), image.toString()));
        command.addAll(List.of(arguments));
        return builder.command(command);
    }

    private static long init(Process container) {
        return container.children().findFirst().orElseThrow().pid();
    }

    @ParameterizedTest
    @CsvSource({"auto, yes", "always, yes", "auto, no", "always, no"})
    void statusIsPassedOnAndOrphansAreCollected(String namespace, String perl) throws Exception {
        var builder = container("--pid-namespace", namespace);
        if (perl.equals("no")) {
            builder.environment().put("PATH", pathWithoutPerl());
        }
        var container = start(builder);
        say(container, "orphan");
        awaitOutput("collected");
        say(container, "exit 7");
        assertEquals(7, ended(container).status(), read("err"));
        assertTrue(read("out").endsWith("shutdown\n"), read("out"));
    }

    @ParameterizedTest
    @CsvSource({"TERM, auto, 143", "INT, auto, 130", "TERM, always, 143"})
    void signalFromOutsideReachesTheProgram(String signal, String namespace, int status) throws Exception {
        var container = start(container("--pid-namespace", namespace));
        awaitOutput("restored");
        var kill = List.of("kill", "-s", signal, Long.toString(init(container)));
        assertEquals(0, Processes.run(kill).status());
        Await.until("the end of the container", () -> !container.isAlive());
        assertEquals(status, ended(container).status(), read("err"));
        assertTrue(read("out").endsWith("shutdown\n"), read("out"));
    }

    @Test
    void detachedProgramOfPid1IsRefused() throws Exception {
        var ended = ended(start(container("--detach")));
        assertEquals(2, ended.status());
        assertTrue(ended.errors().contains("PID 1"), ended.errors());
    }

    /** Standard input, output and error. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "file file file",
                "socket socket socket",
                "closed closed closed",
                "socket file pipe",
                "file socket pipe",
                "file pipe socket",
                "file closed pipe",
                "file pipe closed",
                "closed pipe socket"
            })
    void everyKindOfStreamServes(String kinds) throws Exception {
        Files.writeString(directory.resolve("input"), "echo hello\n");
        var kind = kinds.split(" ");
        var before = new ArrayList<>(
                List.of("perl", "-MPOSIX", script("sockets", SOCKETS).toString()));
        before.addAll(List.of(kind));
        before.addAll(List.of("sh", "-c", "exec \"$@\"" + closing(kind), "sh"));
        var builder = container(before);
        var process = start(builder.redirectInput(file("input")));
        var ended = ended(process);
        assertEquals(0, ended.status(), ended.errors());
        var heard = kind[0].equals("closed") ? "" : "hello\n";
        if (!kind[1].equals("closed")) {
            assertTrue(ended.output().endsWith(heard + "end of input\nshutdown\n"), ended.output());
        }
        assertEquals(kind[2].equals("closed") ? "" : "complaint\n", ended.errors());
    }

    @Test
    void terminalServes() throws Exception {
        var command = new ArrayList<>(HEEDING_SIGNALS);
        var inside = "unshare --pid --mount --fork --mount-proc --kill-child -- '" + entry + "' '" + image + "'";
        command.addAll(List.of("script", "-q", "-e", "-c", inside, "/dev/null"));
        var builder = launcher().command(command);
        builder.environment().put("SHELL", "/bin/sh");
        var terminal = start(builder);
        awaitOutput("complaint");
        say(terminal, "exit 6");
        Await.until("the end of the terminal", () -> !terminal.isAlive());
        assertEquals(6, ended(terminal).status(), read("out"));
    }

    private static String closing(String[] kinds) {
        var operators = List.of(" <&-", " >&-", " 2>&-");
        return Stream.of(0, 1, 2)
                .filter(number -> kinds[number].equals("closed"))
                .map(operators::get)
                .reduce("", String::concat);
    }
}
