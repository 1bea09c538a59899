package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownSettingTest {
    private static List<String> unknown(String... names) {
        return UnknownSetting.among(List.of(names));
    }

    @ParameterizedTest
    @CsvSource({
        "checkpointer.imgae,checkpointer.image",
        "checkpointer.leaverunning,checkpointer.leave.running",
        "checkpointer.leave-running,checkpointer.leave.running",
        "checkpointer.TCP,checkpointer.tcp",
        "checkpointer.ghostlimit,checkpointer.ghost.limit",
        "checkpointer.engine.criu-exec.enable,checkpointer.engine.criu-exec.enabled",
        "checkpointer.engine.my-own.disabled,checkpointer.engine.my-own.enabled",
        "checkpointer.engines,checkpointer.engine"
    })
    void isToldWithTheClosestKnownOne(String name, String closest) {
        assertEquals(
                List.of("system property " + name + " is not a setting; the closest one is " + closest), unknown(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkpointer.image",
                "checkpointer.engine",
                "checkpointer.engine.anything-1.enabled",
                "checkpointers.image",
                "org.checkpointer.image",
                "java.home"
            })
    void isNothingThatIsKnownOrNotOurs(String name) {
        assertEquals(List.of(), unknown(name));
    }

    @Test
    void comesInTheOrderOfTheNamesFromTheSettings() {
        var settings = Settings.of(Map.of("checkpointer.b", "1", "checkpointer.a", "1", "x", "1"), Map.of());
        assertEquals(
                List.of("system property checkpointer.a", "system property checkpointer.b"),
                settings.unknown().stream()
                        .map(line -> line.substring(0, line.indexOf(" is ")))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({"'','',0", "abc,abc,0", "abc,'',3", "kitten,sitting,3", "flaw,lawn,2"})
    void countsEdits(String a, String b, int expected) {
        assertEquals(expected, UnknownSetting.distance(a, b));
        assertEquals(expected, UnknownSetting.distance(b, a));
    }
}
