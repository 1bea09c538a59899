package dev.checkpointer.internal.descriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.TcpMode;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules, with descriptors and sockets made up. */
class DescriptorCheckTest {
    private static final int REGULAR = 0100644;
    private static final int CHARACTER = 0020666;
    private static final int BLOCK = 0060660;
    private static final int SOCKET = 0140777;
    private static final long LIMIT = 1000;
    private static final String CLOSE = "Close it in beforeCheckpoint";

    private static Descriptor socket(int number, long inode) {
        return new Descriptor(number, "socket:[" + inode + "]", SOCKET, 1, 0, 0, 8);
    }

    private static Descriptor file(String target, int links, long size) {
        return new Descriptor(7, target, REGULAR, links, size, 0, 42);
    }

    private static Descriptor device(int mode, String target, int major, int minor) {
        return new Descriptor(7, target, mode, 1, 0, (long) major << 8 | minor & 0xff | (minor & 0xfff00L) << 12, 5);
    }

    private static SocketTable tcp(String remote, int state) {
        return new SocketTable()
                .addTcp(List.of("head", "0: 0100007F:B1C2 %s %02X 0:0 0:0 0 0 0 5150 1".formatted(remote, state)));
    }

    private static SocketTable unix(String... lines) {
        var all = new ArrayList<>(List.of("head"));
        all.addAll(List.of(lines));
        return new SocketTable().addUnix(all);
    }

    private static String connected(long inode, String path) {
        return "0000000000000000: 00000003 00000000 00000000 0001 03 " + inode + (path.isEmpty() ? "" : " " + path);
    }

    private static List<String> refusals(TcpMode mode, SocketTable sockets, Descriptor... descriptors) {
        return refusals(mode, sockets, jvm(descriptors));
    }

    private static List<String> refusals(TcpMode mode, SocketTable sockets, DumpedProcess... processes) {
        return new DescriptorCheck(List.of(processes), sockets, mode, LIMIT, Traces.NONE)
                .refusals(Set.of()).stream().map(EngineException::getMessage).toList();
    }

    private static DumpedProcess jvm(Descriptor... descriptors) {
        return new DumpedProcess(100, List.of(descriptors), Map.of(Path.of("/jdk/lib/server/libjvm.so"), false));
    }

    /** One that is no JVM. */
    private static DumpedProcess process(long pid, Descriptor... descriptors) {
        return new DumpedProcess(pid, List.of(descriptors), Map.of(Path.of("/usr/sbin/server"), false));
    }

    private static List<String> refusals(Descriptor... descriptors) {
        return refusals(TcpMode.REFUSE, new SocketTable(), descriptors);
    }

    @Test
    void namesAConnectionWithItsAddressAndBothRemedies() {
        var check = new DescriptorCheck(
                List.of(jvm(socket(27, 5150))), tcp("7F00007F:1538", 1), TcpMode.REFUSE, LIMIT, Traces.NONE);
        var refusal = check.refusals(Set.of()).get(0);
        assertEquals(FailureKind.TCP_CONNECTION, refusal.kind());
        assertEquals(
                "cannot dump: descriptor 27 is a connected TCP socket to 127.0.0.127:5432. Close it in beforeCheckpoint,"
                        + " or set checkpointer.tcp=close to bring it back closed",
                refusal.getMessage());
    }

    @Test
    void namesTheProcessBelowThatHasTheConnectionAndNoHookWhereThereIsNone() {
        assertEquals(
                List.of(
                        "cannot dump: descriptor 9 of process 101 is a connected TCP socket to 127.0.0.127:5432. Have the"
                                + " program close it before, or set checkpointer.tcp=close to bring it back closed"),
                refusals(
                        TcpMode.REFUSE,
                        tcp("7F00007F:1538", 1),
                        process(100, socket(9, 77)),
                        process(101, socket(9, 5150))));
    }

    @Test
    void namesWhatWasInheritedOnce() {
        var refusals = refusals(
                TcpMode.REFUSE,
                tcp("7F00007F:1538", 1),
                process(100, socket(9, 5150), socket(10, 5150)),
                process(101, socket(9, 5150)),
                process(102, socket(9, 5150)));
        assertEquals(2, refusals.size(), refusals::toString);
        assertTrue(refusals.get(1).contains("descriptor 10 is a connected"), refusals::toString);
    }

    @Test
    void passesASocketPairOfTwoProcesses() {
        var sockets = unix(connected(900, ""), connected(901, ""));
        assertEquals(
                List.of(),
                refusals(TcpMode.REFUSE, sockets, process(100, socket(4, 900)), process(101, socket(5, 901))));
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE", "ESTABLISHED"})
    void passesAConnectionWhenTold(TcpMode mode) {
        assertEquals(List.of(), refusals(mode, tcp("7F00007F:1538", 1), socket(27, 5150)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0A, 0x07})
    void passesListeningAndClosedSockets(int state) {
        assertEquals(List.of(), refusals(TcpMode.REFUSE, tcp("00000000:0000", state), socket(4, 5150)));
    }

    @Test
    void passesSocketsOfOtherProcesses() {
        assertEquals(List.of(), refusals(TcpMode.REFUSE, tcp("7F00007F:1538", 1), socket(4, 5151)));
    }

    @Test
    void passesASocketPairOfOurs() {
        var sockets = unix(connected(900, ""), connected(901, ""));
        assertEquals(List.of(), refusals(TcpMode.REFUSE, sockets, socket(4, 900), socket(5, 901)));
    }

    @Test
    void refusesHalfOfASocketPair() {
        var sockets = unix(connected(900, ""), connected(901, ""));
        assertEquals(
                List.of("cannot dump: descriptor 4 is a Unix socket that is connected to another process. " + CLOSE
                        + " and connect again in afterRestore"),
                refusals(TcpMode.REFUSE, sockets, socket(4, 900)));
    }

    @ParameterizedTest
    @ValueSource(longs = {949, 951, 990})
    void passesAConnectionToAListeningSocketOfOurs(long accepted) {
        var sockets = unix(
                "0000000000000000: 00000002 00000000 00010000 0001 01 800 /run/x.sock",
                connected(950, ""),
                connected(990, "/run/x.sock"));
        assertEquals(List.of(), refusals(TcpMode.REFUSE, sockets, socket(4, 800), socket(5, 950), socket(6, 990)));
    }

    @Test
    void refusesAConnectionThatWasAcceptedFromAnotherProcess() {
        var sockets = unix(connected(950, ""), connected(990, "/run/x.sock"));
        assertEquals(
                List.of(
                        "cannot dump: descriptor 6 is a Unix socket (/run/x.sock) that is connected to another process. "
                                + CLOSE + " and connect again in afterRestore"),
                refusals(TcpMode.REFUSE, sockets, socket(6, 990)));
    }

    @Test
    void passesAUnixSocketWhosePeerIsGone() {
        var sockets = unix("0000000000000000: 00000002 00000000 00000000 0001 03 900");
        assertEquals(List.of(), refusals(TcpMode.REFUSE, sockets, socket(4, 900)));
    }

    @Test
    void passesADeletedFileUpToTheLimit() {
        assertEquals(List.of(), refusals(file("/tmp/x (deleted)", 0, LIMIT)));
        assertEquals(
                List.of(
                        "cannot dump: descriptor 7 is the file /tmp/x (deleted) of 1001 bytes, which would have to go into"
                                + " the image. " + CLOSE + ", or set checkpointer.ghost.limit above its size"),
                refusals(file("/tmp/x (deleted)", 0, LIMIT + 1)));
    }

    @Test
    void refusesADeletedNameOfAFileThatHasAnotherOne() {
        assertEquals(
                List.of(
                        "cannot dump: descriptor 7 is the file /tmp/x (deleted), whose name was removed while another name"
                                + " of it is left. " + CLOSE),
                refusals(file("/tmp/x (deleted)", 1, 1)));
    }

    @Test
    void passesFilesThatAreThereAndFilesInMemory() {
        assertEquals(List.of(), refusals(file("/var/log/app.log", 1, LIMIT * 9)));
        assertEquals(List.of(), refusals(file("/memfd:jit (deleted)", 0, LIMIT * 9)));
        assertEquals(List.of(), refusals(new Descriptor(7, "/tmp/dir (deleted)", 0040755, 0, 4096, 0, 42)));
        assertEquals(List.of(), refusals(new Descriptor(0, "pipe:[123]", 0010600, 1, 0, 0, 13)));
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/null,1,3",
        "/dev/urandom,1,9",
        "/dev/pts/300,137,44",
        "/dev/pts/0,136,0",
        "/dev/tty,5,0",
        "/dev/ttyS0,4,64",
        "/dev/net/tun,10,200"
    })
    void passesDevicesThatCriuKnows(String target, int major, int minor) {
        assertEquals(List.of(), refusals(device(CHARACTER, target, major, minor)));
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/fuse,10,229",
        "/dev/kvm,10,232",
        "/dev/dri/renderD128,226,128",
        "/dev/nvidia0,195,0",
        "/dev/x,10,456"
    })
    void refusesOtherDevices(String target, int major, int minor) {
        assertEquals(
                List.of("cannot dump: descriptor 7 is the device " + target + " (" + major + ":" + minor
                        + "), which CRIU does not know. " + CLOSE + " and open it again in afterRestore"),
                refusals(device(CHARACTER, target, major, minor)));
    }

    @Test
    void refusesBlockDevicesWhateverTheirNumber() {
        assertEquals(1, refusals(device(BLOCK, "/dev/ram0", 1, 0)).size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anon_inode:[eventpoll]",
                "anon_inode:[eventfd]",
                "anon_inode:[signalfd]",
                "anon_inode:[timerfd]",
                "anon_inode:inotify",
                "anon_inode:[pidfd]"
            })
    void passesAnonymousFilesThatCriuKnows(String target) {
        assertEquals(List.of(), refusals(new Descriptor(7, target, 0600, 1, 0, 0, 15)));
    }

    @ParameterizedTest
    @CsvSource({"anon_inode:[io_uring],io_uring", "anon_inode:[perf_event],perf_event", "anon_inode:kvm-vm,kvm-vm"})
    void refusesOtherAnonymousFiles(String target, String kind) {
        assertEquals(
                List.of("cannot dump: descriptor 7 is an anonymous file of the kind " + kind
                        + ", which CRIU cannot bring back. " + CLOSE),
                refusals(new Descriptor(7, target, 0600, 1, 0, 0, 15)));
    }

    @Test
    void tellsOfEveryDescriptor() {
        assertEquals(
                3,
                refusals(
                                TcpMode.REFUSE,
                                tcp("7F00007F:1538", 1),
                                socket(4, 5150),
                                device(BLOCK, "/dev/vda", 254, 0),
                                device(CHARACTER, "/dev/null", 1, 3),
                                file("/x (deleted)", 0, LIMIT + 1))
                        .size());
    }
}
