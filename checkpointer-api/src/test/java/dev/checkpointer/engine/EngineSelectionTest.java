package dev.checkpointer.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineSelectionTest {
    private static final Settings NOTHING_SET = Settings.of(Map.of(), Map.of());
    private static final FakeEngine LOW = available("low", 10);
    private static final FakeEngine HIGH = available("high", 20);
    private static final FakeEngine BY_NAME = available("by-name", -1);
    private static final FakeEngine MISSING =
            new FakeEngine("missing", 30, () -> new EngineProbe.Unavailable("there is no criu command", "Install it"));

    private static FakeEngine available(String name, int priority) {
        return new FakeEngine(
                name, priority, () -> new EngineProbe.Available("4.2", Set.of(EngineFeature.IMAGE), "/usr/sbin/criu"));
    }

    private static EngineSelection among(CheckpointEngine... engines) {
        return new EngineSelection(List.of(engines), List.of());
    }

    private static EngineException failure(EngineSelection selection, Optional<String> forced, Settings settings) {
        var e = assertThrows(EngineException.class, () -> selection.select(forced, settings));
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        return e;
    }

    @Test
    void choosesTheAvailableEngineWithTheHighestPriority() throws Exception {
        assertSame(HIGH, among(LOW, HIGH, MISSING, BY_NAME).select(Optional.empty(), NOTHING_SET));
        assertSame(HIGH, among(BY_NAME, MISSING, HIGH, LOW).select(Optional.empty(), NOTHING_SET));
    }

    @Test
    void reportsEveryVerdictInTheOrderOfPreference() throws Exception {
        var settings = Settings.of(Map.of("checkpointer.engine.off.enabled", "false"), Map.of());
        var selection = new EngineSelection(
                List.of(BY_NAME, available("off", 40), LOW, MISSING, HIGH), List.of("a provider cannot be loaded: x"));
        var report = selection.report(Optional.empty(), settings);
        assertEquals(
                List.of(
                        "off: taken out by checkpointer.engine.off.enabled=false",
                        "missing: not available: there is no criu command. Install it",
                        "high: available (4.2; image), chosen",
                        "low: available (4.2; image), another one has a higher priority",
                        "by-name: available (4.2; image), used only by name",
                        "a provider cannot be loaded: x"),
                report.lines());
        assertEquals(Optional.of(HIGH), report.selected());
    }

    @Test
    void choosesTheForcedEngineWhateverItsPriority() throws Exception {
        assertSame(LOW, among(LOW, HIGH).select(Optional.of("low"), NOTHING_SET));
        assertSame(BY_NAME, among(BY_NAME, HIGH).select(Optional.of("by-name"), NOTHING_SET));
        assertEquals(
                List.of("high: available (4.2; image), another one is forced", "low: available (4.2; image), chosen"),
                among(LOW, HIGH).report(Optional.of("low"), NOTHING_SET).lines());
    }

    @Test
    void aForcedEngineFailsWithItsOwnReason() {
        var e = failure(among(HIGH, MISSING), Optional.of("missing"), NOTHING_SET);
        assertEquals("engine missing: not available: there is no criu command. Install it", e.getMessage());
    }

    @Test
    void aForcedEngineThatIsTakenOutFails() {
        var settings = Settings.of(Map.of(), Map.of("CHECKPOINTER_ENGINE_HIGH_ENABLED", "false"));
        var e = failure(among(HIGH, LOW), Optional.of("high"), settings);
        assertEquals("engine high: taken out by CHECKPOINTER_ENGINE_HIGH_ENABLED=false", e.getMessage());
    }

    @Test
    void anUnknownEngineListsTheKnownOnes() {
        var e = failure(among(LOW, MISSING), Optional.of("hihg"), NOTHING_SET);
        assertEquals("""
                there is no engine 'hihg'. Set checkpointer.engine to one of those below, or leave it out
                  missing: not available: there is no criu command. Install it
                  low: available (4.2; image), another one is forced""", e.getMessage());
    }

    @Test
    void anEngineThatIsTakenOutIsNotAsked() throws Exception {
        var asked = new FakeEngine("asked", 50, () -> {
            throw new AssertionError("asked");
        });
        var settings = Settings.of(Map.of("checkpointer.engine.asked.enabled", "false"), Map.of());
        assertSame(LOW, among(asked, LOW).select(Optional.empty(), settings));
    }

    @Test
    void onlyThoseThatMayBeChosenAreAsked() throws Exception {
        var asked = new FakeEngine("asked", 5, () -> {
            throw new AssertionError("asked");
        });
        assertSame(HIGH, among(asked, LOW, HIGH, MISSING).select(Optional.empty(), NOTHING_SET));
        assertSame(LOW, among(asked, LOW, HIGH).select(Optional.of("low"), NOTHING_SET));
    }

    @Test
    void anEngineForUseByNameIsNeverChosenByItself() {
        var e = failure(among(BY_NAME), Optional.empty(), NOTHING_SET);
        assertTrue(e.getMessage().startsWith("no engine is available. Add an engine such as "), e.getMessage());
        assertEquals(List.of("by-name: available (4.2; image), used only by name"), e.logLines());
    }

    @Test
    void anEngineWithADrawbackIsChosenOnlyByName() throws Exception {
        var works = new EngineProbe.Available("4.2", Set.of(EngineFeature.IMAGE, EngineFeature.RESTORE), "criu");
        var reluctant = new FakeEngine(
                "reluctant", 50, () -> new EngineProbe.ByNameOnly(works, "it would print a warning", "Allow it"));
        assertSame(LOW, among(reluctant, LOW).select(Optional.empty(), NOTHING_SET));
        assertSame(reluctant, among(reluctant, LOW).select(Optional.of("reluctant"), NOTHING_SET));
        assertEquals(
                "reluctant: available (4.2; image, restore), used only by name: it would print a warning. Allow it",
                among(reluctant, LOW)
                        .report(Optional.empty(), NOTHING_SET)
                        .lines()
                        .get(0));
    }

    @Test
    void withoutAnAvailableEngineEveryVerdictIsSaid() {
        var selection = new EngineSelection(List.of(BY_NAME, MISSING), List.of("a provider cannot be loaded: x"));
        var e = failure(selection, Optional.empty(), NOTHING_SET);
        assertEquals("""
                no engine is available. Follow the remedy of one of them
                  missing: not available: there is no criu command. Install it
                  by-name: available (4.2; image), used only by name
                  a provider cannot be loaded: x""", e.getMessage());
    }

    @Test
    void twoEnginesOfOneNameAreAnErrorThatNamesBothPlaces() {
        var e = failure(among(LOW, new OtherEngine("low", 90, LOW.answer())), Optional.of("high"), NOTHING_SET);
        var place =
                EngineSelectionTest.class.getProtectionDomain().getCodeSource().getLocation();
        assertEquals(
                "two engines have the name 'low': " + OtherEngine.class.getName() + " in " + place + " and "
                        + FakeEngine.class.getName() + " in " + place
                        + ". Take one of the two out of the class path or module path",
                e.getMessage());
    }

    @Test
    void anEngineWhoseProbeThrowsIsOutAndNamed() throws Exception {
        var throwing = new FakeEngine("throwing", 99, () -> {
            throw new NoClassDefFoundError("com/example/Missing");
        });
        assertSame(LOW, among(throwing, LOW).select(Optional.empty(), NOTHING_SET));
        var line = among(throwing).report(Optional.empty(), NOTHING_SET).lines().get(0);
        assertTrue(
                line.startsWith("throwing: not available: its probe failed with java.lang.NoClassDefFoundError:"
                        + " com/example/Missing. Tell its author, or take out " + FakeEngine.class.getName()),
                line);
    }
}
