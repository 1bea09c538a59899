package dev.checkpointer.internal.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketTableTest {
    private static final String TCP_HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt" + "   uid  timeout inode";
    private static final String UNIX_HEAD = "Num       RefCount Protocol Flags    Type St Inode Path";

    static boolean littleEndian() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    /** Taken from the files of a machine with the usual byte order; the expected side is what ss(8) said. */
    @ParameterizedTest
    @EnabledIf("littleEndian")
    @CsvSource({
        "0100007F:1F90,127.0.0.1:8080",
        "0500000A:1538,10.0.0.5:5432",
        "00000000:0000,0.0.0.0:0",
        "00000000000000000000000001000000:0050,[0:0:0:0:0:0:0:1]:80",
        "B80D0120000000000000000001000000:FFFF,[2001:db8:0:0:0:0:0:1]:65535",
        "0000000000000000FFFF00000100007F:01BB,127.0.0.1:443"
    })
    void readsAddresses(String text, String expected) {
        assertEquals(expected, SocketTable.address(text));
    }

    private static SocketTable.Tcp tcp(String state) {
        var line = "   0: 0100007F:B1C2 0100007F:1F90 " + state
                + " 00000000:00000000 00:00000000 00000000     0        0" + " 5150 1 0000000000000000 100 0 0 10 0";
        return new SocketTable().addTcp(List.of(TCP_HEAD, line)).tcp(5150).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"01,true", "02,true", "06,true", "08,true", "07,false", "0A,false"})
    void knowsWhichStatesAreConnections(String state, boolean connected) {
        assertEquals(connected, tcp(state).connected());
    }

    @Test
    void takesTheRemoteAddressAndNotTheLocalOne() {
        assertTrue(tcp("01").remote().endsWith(":8080"), tcp("01").remote());
    }

    @Test
    void takesApartNoLinesButThoseOfTheSocketsThatAreAskedFor() {
        var ours =
                "  10: 0100007F:B1C2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 5150 1 0 20";
        var timeWait =
                "   1: 0100007F:B1C3 0100007F:1F90 06 00000000:00000000 03:00000EF1 00000000     0        0 0 3 0";
        var other = ours.replace("5150", "51500");
        var table = String.join("\n", TCP_HEAD, timeWait, other, ours, "   2: 5150", "") + "\n";
        assertEquals(
                List.of(TCP_HEAD.strip(), ours.strip()), SocketTable.linesOf(table.getBytes(US_ASCII), Set.of("5150")));
        assertEquals(List.of(), SocketTable.linesOf(new byte[0], Set.of("5150")));
    }

    private static SocketTable unix(String... lines) {
        var all = new ArrayList<>(List.of(UNIX_HEAD));
        all.addAll(List.of(lines));
        return new SocketTable().addUnix(all);
    }

    @Test
    void readsUnixSockets() {
        var table = unix(
                "0000000000000000: 00000003 00000000 00000000 0001 03 41000",
                "0000000000000000: 00000002 00000000 00010000 0001 01 41001 /run/a b/x.sock",
                "0000000000000000: 00000003 00000000 00000000 0001 03 41002 @abstract",
                "0000000000000000: 00000002 00000000 00000000 0001 03   413");
        var paired = table.unix(41000).orElseThrow();
        assertTrue(paired.hasPeer());
        assertEquals("", paired.path());
        var listening = table.unix(41001).orElseThrow();
        assertTrue(listening.listens());
        assertFalse(listening.hasPeer());
        assertEquals("/run/a b/x.sock", listening.path());
        assertEquals("@abstract", table.unix(41002).orElseThrow().path());
        assertFalse(table.unix(413).orElseThrow().hasPeer(), "its peer is gone");
        assertEquals(Optional.empty(), table.unix(1));
    }

    @Test
    void passesOverTheRestOfANameWithALineBreak() {
        var table = unix(
                "0000000000000000: 00000002 00000000 00010000 0001 01 41001 /run/a",
                "",
                "b c d e f g h i",
                "0000000000000000: 00000003 00000000 00000000 0001 03 41002 /run/z");
        assertEquals("/run/a", table.unix(41001).orElseThrow().path());
        assertEquals("/run/z", table.unix(41002).orElseThrow().path());
    }
}
