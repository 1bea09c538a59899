package dev.checkpointer.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.program.Program.Launch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Engines that a JVM finds on its class path and on its module path. */
class EngineDiscoveryTest {
    private static final String CAUSE = "java.lang.IllegalStateException: broken on purpose";

    @TempDir
    private static Path directory;

    private static Path program;
    private static Path broken;

    @BeforeAll
    static void compile() throws Exception {
        program = Program.compile("semantics", directory);
        broken = Program.compile("broken", directory);
    }

    @ParameterizedTest
    @EnumSource
    void choosesTheOneEngineThatIsThere(Launch launch) throws Exception {
        var result = Program.run(launch, List.of(program), List.of(), "engines");
        assertEquals(
                List.of("counting: available (1.0), chosen", "simulate: available, used only by name"), result.lines());
    }

    @ParameterizedTest
    @EnumSource
    void survivesAProviderThatCannotBeMadeAndNamesIt(Launch launch) throws Exception {
        var result = Program.run(launch, List.of(program, broken), List.of(), "engines");
        var lines = new ArrayList<>(result.lines());
        assertEquals(
                "a provider cannot be loaded: dev.checkpointer.engine.CheckpointEngine: Provider broken.BrokenEngine"
                        + " could not be instantiated: " + CAUSE,
                lines.remove(2));
        assertEquals(List.of("counting: available (1.0), chosen", "simulate: available, used only by name"), lines);
    }

    @ParameterizedTest
    @EnumSource
    void saysWhyNoEngineIsAvailableAndNotifiesNobody(Launch launch) throws Exception {
        var result =
                Program.run(launch, List.of(program), List.of("-Dcheckpointer.engine.counting.enabled=false"), "order");
        assertEquals("""
                org.crac.CheckpointException
                  dev.checkpointer.engine.EngineException: no engine is available. Follow the remedy of one of them
                  counting: taken out by checkpointer.engine.counting.enabled=false
                  simulate: available, used only by name
                dumps 0
                """, result.output());
    }

    @ParameterizedTest
    @EnumSource
    void readsTheEnvironment(Launch launch) throws Exception {
        var environment = Map.of("CHECKPOINTER_ENGINE", "simulate", "CHECKPOINTER_ENGINE_COUNTING_ENABLED", "false");
        var result = Program.run(launch, List.of(program), List.of(), environment, "engines");
        assertEquals(
                List.of(
                        "counting: taken out by CHECKPOINTER_ENGINE_COUNTING_ENABLED=false",
                        "simulate: available, chosen"),
                result.lines());
    }

    /** Without a locale, a JVM has only ASCII for paths. */
    @ParameterizedTest
    @EnumSource
    void saysWhichPathTheLocaleCannotHave(Launch launch) throws Exception {
        var environment = Map.of("LC_ALL", "POSIX");
        var arguments = Files.writeString(directory.resolve("arguments"), "-Dcheckpointer.image=\u00fc");
        var options = List.of("-Dcheckpointer.engine=simulate", "@" + arguments);
        var lines = Program.run(launch, List.of(program), options, environment, "order")
                .lines();
        assertEquals("org.crac.CheckpointException", lines.get(0));
        assertTrue(
                lines.get(1)
                        .startsWith("  dev.checkpointer.SettingException: setting checkpointer.image has the value '"),
                lines.get(1));
    }

    @ParameterizedTest
    @EnumSource
    void refusesASettingThatIsNotAllowedAndNotifiesNobody(Launch launch) throws Exception {
        var result = Program.run(launch, List.of(program), List.of("-Dcheckpointer.timeout=soon"), "order");
        assertEquals("""
                org.crac.CheckpointException
                  dev.checkpointer.SettingException: setting checkpointer.timeout has the value 'soon', allowed is a number of seconds, or a number followed by ms, s, m or h, from 1ms to 8760h
                dumps 0
                """, result.output());
    }
}
