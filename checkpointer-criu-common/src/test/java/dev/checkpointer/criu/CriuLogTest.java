package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CriuLogTest {
    private static List<String> lines(String log) {
        return CriuLog.decisiveLines(log.lines());
    }

    @Test
    void findsWhyADumpFailed() {
        assertEquals(
                List.of(
                        "inet: Connected TCP socket, consider using --tcp-established option.",
                        "Dump files (pid: 4711) failed with -1",
                        "Dumping FAILED."),
                lines("""
                        (00.000071) Version: 4.2 (gitid v4.2)
                        (00.000402) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
                        (00.031037) Warn  (criu/kerndat.c:1153): Can't keep kdat cache on non-tempfs
                        (00.045006) Error (criu/sk-inet.c:191): inet: Connected TCP socket, consider using --tcp-established option.
                        (00.045031) ----------------------------------------
                        (00.045044) Error (criu/cr-dump.c:1676): Dump files (pid: 4711) failed with -1
                        (00.047110) Error (criu/cr-dump.c:2128): Dumping FAILED.
                        """));
    }

    @Test
    void findsWhyARestoreFailedInEachProcess() {
        assertEquals(
                List.of(
                        "File usr/lib/x.so has bad size 10 (expect 20)",
                        "vdso: Can't find the vvar area",
                        "Restorer fail 77",
                        "Can't open file tmp/hsperfdata_root/471 on restore: No such file or directory",
                        "4711 killed by signal 9: Killed",
                        "Restoring FAILED."),
                lines("""
                        (00.012005)   4711: Error (criu/files-reg.c:2166): File usr/lib/x.so has bad size 10 (expect 20)
                        (00.012105) pie: 4711: Error (criu/pie/parasite-vdso.c:81): vdso: Can't find the vvar area
                        pie: 4712: Error (criu/pie/restorer.c:2207): Restorer fail 77
                           471: Error (criu/files-reg.c:2353): Can't open file tmp/hsperfdata_root/471 on restore: No such file or directory
                        (00.012345) Error (criu/cr-restore.c:1230): 4711 killed by signal 9: Killed
                        (00.012466) Error (criu/cr-restore.c:2320): Restoring FAILED.
                        """));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(00.000402) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted",
                "(00.000402) Error (criu/kerndat.c:1103): Can't save kdat cache: No such file or directory",
                "(00.031037) Warn  (criu/sk-unix.c:1333): sk unix: Error in a name",
                "(00.000071) Running on host Error: Linux",
                "Error without a colon",
                ""
            })
    void leavesOutWhatIsHarmless(String line) {
        assertEquals(List.of(), lines(line));
    }

    @Test
    void keepsTheFirstEightDifferentOnes() {
        var log = IntStream.range(0, 20)
                .mapToObj(i -> "(00.1) Error (criu/a.c:" + i + "): failure " + i / 2)
                .toList();
        var expected = IntStream.range(0, 8).mapToObj(i -> "failure " + i).toList();
        assertEquals(expected, CriuLog.decisiveLines(log.stream()));
    }

    @Test
    void readsAFileEvenWithBytesThatAreNoText(@TempDir Path directory) throws Exception {
        var log = directory.resolve("dump.log");
        assertEquals(List.of(), CriuLog.decisiveLines(log));
        Files.write(log, "(00.1) Error (criu/a.c:1): name \u00ff here\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(List.of("name \ufffd here"), CriuLog.decisiveLines(log));
    }

    @Test
    void whatWasSaidElsewhereCountsAndLongLinesAreCut(@TempDir Path directory) throws Exception {
        var output = Files.writeString(directory.resolve("output"), "x".repeat(1000) + "\n");
        var said = List.of(
                "Error (criu/util.c:1): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted",
                "Error (criu/cr-dump.c:1): Dumping FAILED.",
                "in other words");
        var lines = CriuLog.decisiveLines(directory.resolve("missing"), said, output);
        assertEquals(List.of("Dumping FAILED.", "in other words", "x".repeat(300)), lines);
    }
}
