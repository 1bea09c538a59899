package dev.checkpointer.internal.descriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules, with descriptors and sockets made up. */
class PolicyFileTest {
    private static final Path FILE = Path.of("/p.yaml");
    private static final int REGULAR = 0100644;
    private static final int SOCKET = 0140777;
    private static final int CHARACTER = 0020666;
    private static final int INODE = 5150;

    @TempDir
    private Path directory;

    private static List<Policy> parse(String text) throws EngineException {
        return PolicyFile.parse(FILE, text.lines().toList());
    }

    private static OpenDescriptor open(String target, int mode, SocketTable sockets) {
        return OpenDescriptor.of(new Descriptor(7, target, mode, 1, 0, 0, 42), sockets, Optional.empty());
    }

    private static OpenDescriptor file(String target) {
        return open(target, REGULAR, new SocketTable());
    }

    private static OpenDescriptor socket(SocketTable table) {
        return open("socket:[" + INODE + "]", SOCKET, table);
    }

    private static List<String> inetLine(String local, String remote, int state) {
        return List.of("head", "0: %s %s %02X 0:0 0:0 0 0 0 %d 1".formatted(local, remote, state, INODE));
    }

    private static SocketTable unix(String flags, String state, String path) {
        return new SocketTable()
                .addUnix(List.of(
                        "head",
                        "0000000000000000: 00000003 00000000 " + flags + " 0001 " + state + " " + INODE + " " + path));
    }

    /** The example of the CRaC JDK's documentation, with its quirks: case, spaces, comments, separators without a rule. */
    @Test
    void readsTheFilesOfTheCracJdk() throws Exception {
        var policies = parse("""
                ---
                type: file
                path: /path/to/my/file
                action: close
                ---
                ---
                  # Here is some comment
                Type: FILE
                path: **/*.log

                ACTION:   reOpen
                warn: false
                ---
                type: filedescriptor
                value: 123
                action: ignore
                ---
                """);
        assertEquals(3, policies.size());
        assertEquals(PolicyAction.CLOSE, policies.get(0).action());
        assertTrue(policies.get(0).warns(), "as there, unless it is forbidden");
        assertTrue(policies.get(0).matches(file("/path/to/my/file")));
        assertFalse(policies.get(0).matches(file("/path/to/my/file2")));
        assertEquals(PolicyAction.REOPEN, policies.get(1).action());
        assertFalse(policies.get(1).warns());
        assertTrue(policies.get(1).matches(file("/var/log/a.log")));
        assertEquals("/p.yaml, line 8", policies.get(1).place());
        assertFalse(policies.get(2).matches(file("/var/log/a.log")), "another number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: file;action: gone|line 2: the action 'gone' is unknown. Actions are keep, close, reopen, ignore, error and warn",
                "# x;;type: disk;action: keep|line 3: the type 'disk' is unknown. Types are file, device, pipe, socket and",
                "type: file;action: keep;---;type: file|line 4: the rule that begins here has no 'action'. Every rule needs a",
                "path: /x;action: keep|line 1: the rule that begins here has no 'type'. Every rule needs a type and an action",
                "type: file;action|line 2: 'action' is not of the form 'key: value'. Allowed are such lines, --- between",
                "type: file;action: keep;path:/x|line 3: 'path:/x' is not of the form 'key: value'",
                "type: file;action: keep;type: pipe|line 3: the rule has 'type' already, in line 1. Put a line --- between",
                "type: file;pth: /x;action: keep|line 2: a rule of the type file has no key 'pth'. Keys are type, action, warn, path",
                "type: pipe;path: /x;action: keep|line 2: a rule of the type pipe has no key 'path'. Keys are type, action, warn",
                "type: pipe;action: reopen|line 1: a pipe cannot be opened anew. Actions for pipes are keep, close",
                "type: file;path: /x[;action: keep|line 2: '/x[' is no pattern: ",
                "type: descriptor;regex: (;action: keep|line 2: '(' is no pattern: ",
                "type: descriptor;value: one;action: keep|line 2: 'one' is no value. Allowed is the number of a descriptor",
                "type: socket;localPort: 65536;action: keep|line 2: '65536' is no localPort. Allowed is a number up to 65535 or *",
                "type: socket;family: ax25;action: keep|line 2: 'ax25' is no family. Allowed is ip, inet, ipv4",
                "type: socket;listening: yes;action: keep|line 2: 'yes' is no listening. Allowed is true or false",
                "type: file;action: keep;warn: maybe|line 3: 'maybe' is no warn. Allowed is true or false",
            })
    void tellsTheLineOfAMistakeAndWhatIsAllowed(String lines, String message) {
        var failure = assertThrows(EngineException.class, () -> parse(lines.replace(';', '\n')));
        assertEquals(FailureKind.POLICY, failure.kind());
        assertTrue(failure.getMessage().startsWith("policy file /p.yaml, " + message), failure.getMessage());
    }

    @Test
    void findsFilesByTheNamesThatTheProgramMayHaveUsed() throws Exception {
        var real = Files.createDirectory(directory.toRealPath().resolve("real"));
        var file = Files.createFile(real.resolve("a.pid"));
        var link = Files.createSymbolicLink(directory.resolve("link"), real);
        for (var pattern : List.of(file.toString(), link + "/a.pid", link + "/*.pid", "**/a.pid")) {
            assertTrue(
                    parse("type: file\naction: keep\npath: " + pattern).get(0).matches(file(file.toString())), pattern);
        }
        var relative = parse("type: file\naction: keep\npath: logs/*.log").get(0);
        assertTrue(relative.matches(file(Path.of("").toAbsolutePath() + "/logs/a.log")));
        assertFalse(relative.matches(file("/logs/a.log")));
    }

    /** Device files have names, too. */
    @Test
    void tellsFilesAndDevicesApart() throws Exception {
        var device = open("/dev/rtc", CHARACTER, new SocketTable());
        assertTrue(parse("type: device\naction: keep").get(0).matches(device));
        assertTrue(parse("type: file\naction: keep\npath: /dev/*").get(0).matches(device));
        assertFalse(parse("type: device\naction: keep").get(0).matches(file("/x")));
        assertTrue(parse("type: descriptor\nregex: .*rtc\naction: keep").get(0).matches(device));
        assertFalse(parse("type: descriptor\naction: keep").get(0).matches(device), "it is of a kind of its own");
        assertTrue(parse("type: descriptor\naction: keep")
                .get(0)
                .matches(open("anon_inode:[timerfd]", 0600, new SocketTable())));
        assertTrue(parse("type: pipe\naction: keep").get(0).matches(open("pipe:[12]", 0010600, new SocketTable())));
    }

    @ParameterizedTest
    @CsvSource({
        "family: ip,true",
        "family: INET4,true",
        "family: ipv6,false",
        "family: unix,false",
        "localAddress: 127.0.0.1,true",
        "localAddress: 127.0.0.2,false",
        "localAddress: *,true",
        "localPort: 45506,true",
        "localPort: 45507,false",
        "remoteAddress: 10.0.0.5,true",
        "remotePort: 5432,true",
        "remotePort: *,true",
        "remotePort: 5433,false",
        "listening: false,true",
        "listening: TRUE,false",
        "localPath: /x,false",
    })
    void asksForEveryPropertyOfAConnection(String condition, boolean expected) throws Exception {
        var connection = socket(new SocketTable().addTcp(inetLine("0100007F:B1C2", "0500000A:1538", 1)));
        assertEquals(
                expected,
                parse("type: socket\naction: keep\n" + condition).get(0).matches(connection));
    }

    @Test
    void knowsListeningAndUnconnectedSockets() throws Exception {
        var everywhere = socket(new SocketTable()
                .addTcp(inetLine(
                        "00000000000000000000000000000000:1F90", "00000000000000000000000000000000:0000", 10)));
        for (var condition : List.of("family: ipv4", "family: ipv6", "localAddress: 0.0.0.0", "listening: true")) {
            assertTrue(parse("type: socket\naction: keep\n" + condition).get(0).matches(everywhere), condition);
        }
        assertFalse(parse("type: socket\naction: keep\nremoteAddress: *").get(0).matches(everywhere));
        var datagrams = socket(new SocketTable().addUdp(inetLine("0100007F:B1C2", "00000000:0000", 7)));
        assertTrue(parse("type: socket\naction: keep\nlocalPort: 45506").get(0).matches(datagrams));
        assertEquals("a UDP socket bound to 127.0.0.1:45506", datagrams.text());
    }

    @Test
    void findsUnixSocketsByTheirPaths() throws Exception {
        var server = socket(unix("00010000", "01", "/run/app/a.sock"));
        assertTrue(parse("type: socket\naction: keep\nlocalPath: /run/**.sock\nlistening: true")
                .get(0)
                .matches(server));
        assertFalse(
                parse("type: socket\naction: keep\nremotePath: /run/**").get(0).matches(server), "it has no other end");
        var client = socket(unix("00000000", "03", ""));
        var rule = parse("type: socket\naction: keep\nremotePath: /run/**").get(0);
        assertThrows(Policy.UnknownPeer.class, () -> rule.matches(client), "the kernel does not tell");
    }
}
