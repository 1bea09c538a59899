package dev.checkpointer.internal.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {
    private static final String FIELDS = " S 100 4242 777 34816 4242 4194560 1 2 3 4 5 6 7 8 20 0 30 0 987654 1 2 3\n";

    @ParameterizedTest
    @ValueSource(strings = {"java", "a b", "x) S 1 2 3", "((", ")", ""})
    void readsSessionAndStartTimeWhateverTheNameIs(String name) {
        assertEquals(new ProcStat(777, 987654), ProcStat.parse("4242 (" + name + ")" + FIELDS));
    }

    @Test
    void readsThisProcess() throws Exception {
        var stat = ProcStat.read(ProcessHandle.current().pid()).orElseThrow();
        var started = ProcessHandle.current().info().startInstant().orElseThrow();
        var boot = Files.readAllLines(Path.of("/proc/stat")).stream()
                .filter(line -> line.startsWith("btime "))
                .findFirst()
                .orElseThrow();
        long bootSeconds = Long.parseLong(boot.substring("btime ".length()));
        assertTrue(Math.abs(bootSeconds + stat.startTime() / 100 - started.getEpochSecond()) <= 2, stat::toString);
    }

    @Test
    void saysNothingOfAProcessThatDoesNotExist() {
        assertEquals(Optional.empty(), ProcStat.read(0));
        assertEquals(Optional.empty(), ProcStat.read(Integer.MAX_VALUE));
    }

    /** The kernel keeps 15 bytes of a name, which may end within a character. */
    @Test
    void readsAProcessWhoseNameIsCutWithinACharacter() throws Exception {
        var script = "printf 'aaaaaaaaaaaaaa\\303\\244' >/proc/$$/comm; echo ready; read -r line";
        var process = new ProcessBuilder("sh", "-c", script).start();
        try {
            assertEquals("ready", process.inputReader(StandardCharsets.UTF_8).readLine());
            assertTrue(ProcStat.read(process.pid()).isPresent());
        } finally {
            process.destroyForcibly();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        }
    }
}
