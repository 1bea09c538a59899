package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static Settings property(String name, String value) {
        return Settings.of(Map.of(name, value), Map.of());
    }

    private static String message(Setting setting, String value) {
        var settings = property(setting.property(), value);
        return assertThrows(SettingException.class, () -> settings.text(setting))
                .getMessage();
    }

    @Test
    void propertyComesBeforeVariableBeforeDefault() {
        var properties = Map.of("checkpointer.ghost.limit", "1K");
        var variables = Map.of("CHECKPOINTER_GHOST_LIMIT", "2K");
        assertEquals(1024, Settings.of(properties, variables).size(Setting.GHOST_LIMIT));
        assertEquals(2048, Settings.of(Map.of(), variables).size(Setting.GHOST_LIMIT));
        assertEquals(64 << 20, Settings.of(Map.of(), Map.of()).size(Setting.GHOST_LIMIT));
    }

    @Test
    void aBadPropertyIsNotReplacedByAGoodVariable() {
        var settings = Settings.of(Map.of("checkpointer.tcp", "keep"), Map.of("CHECKPOINTER_TCP", "close"));
        assertThrows(SettingException.class, () -> settings.text(Setting.TCP));
    }

    @ParameterizedTest
    @EnumSource
    void everyDefaultIsAllowed(Setting setting) {
        if (!setting.defaultValue().isEmpty()) {
            setting.type().check(setting.defaultValue());
        }
        assertEquals(
                Optional.of(setting.defaultValue()).filter(text -> !text.isEmpty()),
                Settings.of(Map.of(), Map.of()).text(setting));
    }

    @Test
    void everySettingHasNamesOfItsOwn() {
        assertEquals(
                Setting.values().length,
                Arrays.stream(Setting.values())
                        .map(Setting::variable)
                        .distinct()
                        .count());
        assertEquals("checkpointer.leave.running", Setting.LEAVE_RUNNING.property());
        assertEquals("CHECKPOINTER_LEAVE_RUNNING", Setting.LEAVE_RUNNING.variable());
        assertEquals(Optional.of(Setting.LEAVE_RUNNING), Setting.ofProperty("checkpointer.leave.running"));
    }

    @Test
    void aMessageNamesSourceValueAndWhatIsAllowed() {
        assertEquals(
                "setting checkpointer.tcp has the value 'keep', allowed is refuse, close or established",
                message(Setting.TCP, "keep"));
        var variable = Settings.of(Map.of(), Map.of("CHECKPOINTER_OVERWRITE", "yes"));
        assertEquals(
                "setting CHECKPOINTER_OVERWRITE has the value 'yes', allowed is true or false",
                assertThrows(SettingException.class, () -> variable.flag(Setting.OVERWRITE))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "7,PT7S", "7s,PT7S", "2m,PT2M", "3h,PT3H", "8760h,PT8760H", "1ms,PT0.001S"})
    void readsTimeSpans(String text, Duration expected) {
        assertEquals(expected, property("checkpointer.timeout", text).duration(Setting.TIMEOUT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0ms",
                "-1",
                "1.5",
                "1 s",
                "s",
                "5d",
                "5S",
                "8761h",
                "999999999999h",
                "9999999999999",
                "٣s"
            })
    void refusesOtherTimeSpans(String text) {
        assertTrue(message(Setting.TIMEOUT, text).contains("'" + text + "'"));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "512,512", "3K,3072", "2M,2097152", "5G,5368709120"})
    void readsSizes(String text, long expected) {
        assertEquals(expected, property("checkpointer.ghost.limit", text).size(Setting.GHOST_LIMIT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1k", "1MB", "1T", "1.5G", "999999999999G", "M"})
    void refusesOtherSizes(String text) {
        assertTrue(message(Setting.GHOST_LIMIT, text).contains("K, M or G"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TRUE", "yes", "1", " true"})
    void refusesOtherWordsThanTrueAndFalse(String text) {
        message(Setting.FILE_LOCKS, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-1", "01", "all"})
    void refusesOtherLogLevels(String text) {
        message(Setting.LOG_LEVEL, text);
    }

    @ParameterizedTest
    @CsvSource({"SHELL_JOB,yes", "HEAP,small", "TCP,Close", "IMAGE,''", "CRIU,''"})
    void refusesWordsThatATypeDoesNotKnow(Setting setting, String text) {
        message(setting, text);
    }

    @ParameterizedTest
    @CsvSource({
        "SHELL_JOB,auto",
        "SHELL_JOB,true",
        "SHELL_JOB,false",
        "HEAP,shrink",
        "HEAP,keep",
        "TCP,refuse",
        "TCP,close",
        "TCP,established",
        "LOG_LEVEL,0",
        "LOG_LEVEL,4",
        "ENGINE,criu-exec",
        "FILE_LOCKS,false"
    })
    void takesWordsThatATypeKnows(Setting setting, String text) {
        assertEquals(Optional.of(text), property(setting.property(), text).text(setting));
    }

    @Test
    void readsPathsAndRefusesThoseThatNoManifestCanHold() {
        assertEquals(
                Optional.of(Path.of("/a b/'c'")),
                property("checkpointer.image", "/a b/'c'").path(Setting.IMAGE));
        message(Setting.IMAGE, "/a\nb");
        message(Setting.IMAGE, "/a\u0000b");
        message(Setting.IMAGE, "/a\u007fb");
    }

    @Test
    void anEmptyEngineIsNone() {
        assertEquals(Optional.empty(), property("checkpointer.engine", "").text(Setting.ENGINE));
    }

    @Test
    void anEngineIsTakenOutByPropertyOrVariable() {
        var variables = Map.of("CHECKPOINTER_ENGINE_CRIU_EXEC_ENABLED", "false");
        assertTrue(Settings.of(Map.of(), Map.of()).engineEnabled("criu-exec"));
        assertFalse(Settings.of(Map.of(), variables).engineEnabled("criu-exec"));
        assertTrue(Settings.of(Map.of(), variables).engineEnabled("criu-rpc"));
        assertFalse(property("checkpointer.engine.criu-exec.enabled", "false").engineEnabled("criu-exec"));
        assertTrue(Settings.of(Map.of("checkpointer.engine.criu-exec.enabled", "true"), variables)
                .engineEnabled("criu-exec"));
    }

    @Test
    void theSwitchOfAnEngineSaysWhereItWasFound() {
        var variables = Map.of("CHECKPOINTER_ENGINE_CRIU_EXEC_ENABLED", "false");
        assertEquals(
                Optional.of("CHECKPOINTER_ENGINE_CRIU_EXEC_ENABLED"),
                Settings.of(Map.of(), variables).engineTakenOutBy("criu-exec"));
        var bad = Settings.of(Map.of(), Map.of("CHECKPOINTER_ENGINE_CRIU_EXEC_ENABLED", "no"));
        assertEquals(
                "setting CHECKPOINTER_ENGINE_CRIU_EXEC_ENABLED has the value 'no', allowed is true or false",
                assertThrows(SettingException.class, () -> bad.engineEnabled("criu-exec"))
                        .getMessage());
    }
}
