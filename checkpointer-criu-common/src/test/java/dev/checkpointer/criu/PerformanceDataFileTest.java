package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A manifest may have been changed, and root writes where it says. */
class PerformanceDataFileTest {
    private static final Path IMAGE = Path.of("/image");

    @ParameterizedTest
    @ValueSource(strings = {"/tmp/hsperfdata_root/1", "/var/tmp/x/hsperfdata_a b/32768"})
    void goesWhereJvmsKeepIt(String place) {
        assertDoesNotThrow(() -> PerformanceDataFile.requirePlace(IMAGE, Path.of(place)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "/etc/cron.d/1",
                "/tmp/hsperfdata_root/../../etc/cron.d/1",
                "/tmp/hsperfdata_root/1/../2",
                "/tmp/hsperfdata_root/1x",
                "/tmp/hsperfdata_root/1/2",
                "tmp/hsperfdata_root/1",
                "/hsperfdata_root/1",
                ""
            })
    void goesNowhereElse(String place) {
        var e = assertThrows(EngineException.class, () -> PerformanceDataFile.requirePlace(IMAGE, Path.of(place)));
        assertEquals(FailureKind.IMAGE_REFUSED, e.kind());
        assertEquals("The image was changed; do not restore it", e.remedy());
    }
}
