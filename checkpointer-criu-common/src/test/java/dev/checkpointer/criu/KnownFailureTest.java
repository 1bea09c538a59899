package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.criu.KnownFailure.Phase;
import dev.checkpointer.engine.FailureKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KnownFailureTest {
    private static Stream<KnownFailure> all() {
        return KnownFailure.all().stream();
    }

    private static List<String> resource(String phase) throws Exception {
        try (var stream = KnownFailure.class.getResourceAsStream("known-failures")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(phase + "~"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyEntryHasACauseAndARemedyForTheMiddleOfAText(KnownFailure failure) {
        assertFalse(failure.cause().isBlank());
        assertFalse(failure.remedy().isBlank());
        assertFalse(failure.remedy().endsWith("."), failure.remedy());
        assertFalse(failure.cause().endsWith("."), failure.cause());
        assertTrue(Character.isUpperCase(failure.remedy().charAt(0)), failure.remedy());
        assertFalse(failure.pattern().matcher("").find(), "matches everything");
    }

    @Test
    void everyLineOfTheResourceIsReadWithItsFiveFields() throws Exception {
        var lines = Stream.concat(resource("dump").stream(), resource("restore").stream())
                .toList();
        assertEquals(lines.size(), KnownFailure.all().size());
        lines.forEach(line -> assertEquals(5, line.split("~", -1).length, line));
        assertEquals(lines.size(), new HashSet<>(lines).size());
        assertEquals(
                Arrays.asList(Phase.DUMP, Phase.RESTORE),
                all().map(KnownFailure::phase).distinct().toList());
    }

    @Test
    void theLauncherKnowsTheSameRestoreFailures() throws Exception {
        var launcher = Files.readString(Path.of(System.getProperty("test.root"), "bin/checkpointer"));
        var start = launcher.indexOf("known_failures() {");
        var function = launcher.substring(start, launcher.indexOf("\n}", start));
        assertEquals(
                resource("restore"),
                function.lines().filter(line -> line.contains("~")).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            KERNEL               | vdso: Unexpected rt vDSO area bounds
            KERNEL               | Can't get 1:16 opt: Protocol not available
            WITHIN_DUMPED_TREE   | The criu itself is within dumped tree.
            NO_SPACE             | Can't write pages: No space left on device
            NOT_WRITABLE         | Can't open dir /image: Read-only file system
            TCP_CONNECTION       | inet: Connected TCP socket, consider using --tcp-established option.
            FILE_LOCK            | Some file locks are hold by dumping tasks! You can try --file-locks to dump them.
            TOOL_MISSING         | Running iptables-restore failed
            TOOL_MISSING         | Locking network failed: Running nftables is not supported
            TOOL_MISSING         | Iptables configuration failed
            TOOL_MISSING         | tcp: Failed to lock TCP connection ee0a5
            UNSUPPORTED_RESOURCE | sk unix: Can't dump half of stream unix connection.
            UNSUPPORTED_RESOURCE | sk unix: External socket is used. Consider using --ext-unix-sk option.
            UNSUPPORTED_RESOURCE | Can't dump ghost file /tmp/x of 104857600 size, increase limit
            UNSUPPORTED_RESOURCE | Can't lookup mount=24 for fd=0 path=/dev/null
            UNSUPPORTED_RESOURCE | Can't dump file 9 of that type [20666] (chr 10:229 /dev/fuse)
            SHELL_JOB            | A session leader of 12(12) is outside of its pid namespace
            SHELL_JOB            | tty: Found dangling tty with sid 12 pgid 34 (pts) on peer fd 1.
            NO_SUCH_PROCESS      | Can't seize task 4711: No such process
            PERMISSION           | ptrace: Can't seize 4711: Operation not permitted
            """)
    void knowsWhyADumpFailed(FailureKind kind, String line) {
        assertEquals(
                Optional.of(kind), KnownFailure.find(Phase.DUMP, List.of(line)).map(KnownFailure::kind));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PID_TAKEN     | Can't fork for 15047: File exists
            PID_TAKEN     | Unable to create a thread: -17
            FILE_CHANGED  | File usr/lib/jvm/lib/libjvm.so has bad size 1000 (expect 2000)
            FILE_CHANGED  | File opt/app/start has bad mode 0100644 (expect 0100755)
            FILE_CHANGED  | Can't open file opt/app/app.jar on restore: No such file or directory
            FILE_CHANGED  | Unable to open fd=9 id=0x4d
            IMAGE_DAMAGED | Magic doesn't match for pages-1.img
            IMAGE_DAMAGED | Unexpected EOF on core-1.img
            OTHER         | inet: Can't bind inet socket (id 7): Address already in use
            OTHER         | inet: Can't bind inet socket (id 7): Address already in use; Unable to open fd=4 id=0x29
            TOOL_MISSING  | Running iptables-restore failed
            KERNEL        | CPU capabilities do not match run time
            PERMISSION    | Can't set a sequence of pids: Permission denied
            """)
    void knowsWhyARestoreFailed(FailureKind kind, String line) {
        assertEquals(
                Optional.of(kind),
                KnownFailure.find(Phase.RESTORE, List.of(line)).map(KnownFailure::kind));
    }

    @Test
    void aCauseComesBeforeItsConsequencesWhateverTheOrderInTheLog() {
        var lines = List.of(
                "Can't seize task 4711: No such process", "inet: Connected TCP socket", "Operation not permitted");
        assertEquals(
                FailureKind.TCP_CONNECTION,
                KnownFailure.find(Phase.DUMP, lines).orElseThrow().kind());
    }

    @Test
    void aFailureOfOnePhaseIsNotFoundInTheOther() {
        assertEquals(Optional.empty(), KnownFailure.find(Phase.DUMP, List.of("Can't fork for 15047: File exists")));
        assertEquals(Optional.empty(), KnownFailure.find(Phase.RESTORE, List.of("Dumping FAILED.")));
        assertEquals(Optional.empty(), KnownFailure.find(Phase.RESTORE, List.of()));
    }
}
