package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the command answers to what it cannot do, whatever the verb. */
class UsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "engines --nonsense | unknown option: '--nonsense'",
                "engines more | unmatched argument at index 1: 'more'",
                "nonsense | unmatched argument at index 0: 'nonsense'",
                "checkpoint | missing required parameter: 'PID'",
                "checkpoint x | invalid value for positional parameter at index 0 (PID): 'x' is not a long",
                "checkpoint 0 | a PID is positive, not 0",
                "checkpoint -5 | a PID is positive, not -5",
                "checkpoint 1 2 | unmatched argument at index 2: '2'",
                "checkpoint 1 --tcp maybe | --tcp is refuse, close or established, not 'maybe'",
                "checkpoint 1 --timeout soon | --timeout is a number of seconds",
                "checkpoint 1 --timeout | missing required parameter for option '--timeout' (TIME)",
                "checkpoint 1 --ghost-limit much | --ghost-limit is a number of bytes",
                "checkpoint 1 --log-level 9 | --log-level is a whole number from 0"
            })
    void badUsageEndsWith2AndSaysWhatToTry(String arguments, String message) {
        var ended = Cli.run(arguments.split(" "));
        assertEquals(2, ended.status());
        assertTrue(ended.errors().contains("checkpointer: " + message), ended.errors());
        assertTrue(ended.errors().contains("--help\"."), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
        assertEquals("", ended.output());
    }

    @Test
    void noVerbIsBadUsage() {
        var ended = Cli.run();
        assertEquals(2, ended.status());
        assertTrue(ended.errors().startsWith("checkpointer: name a command\n"), ended.errors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"engines", "checkpoint", "ps", "inspect", "doctor"})
    void everyVerbHasHelp(String verb) {
        var ended = Cli.run(verb, "--help");
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().contains("checkpointer " + verb), ended.output());
        assertTrue(ended.output().contains("--json"), ended.output());
    }

    @Test
    void aStackTraceIsForDebugAlone() {
        assertFalse(Cli.run("checkpoint", "2147483647").errors().contains("\tat "));
        assertTrue(
                Cli.run("checkpoint", "2147483647", "--debug").errors().contains("\tat dev.checkpointer"),
                "there is a stack trace");
    }

    @Test
    void enginesAreListedForPeopleAndMachines() throws Exception {
        var text = Cli.run("engines");
        assertEquals(0, text.status(), text.errors());
        assertTrue(text.output().lines().findFirst().orElse("").matches("ENGINE +VERDICT +VERSION +DRIVES +FEATURES"));
        var engines = Cli.objects(Cli.run("engines", "--json").json().get("engines"));
        assertEquals(
                List.of("criu-rpc", "libcriu", "criu-exec", "simulate"),
                engines.stream().map(engine -> engine.get("name")).toList());
        var exec = engines.get(2);
        assertTrue(Path.of((String) exec.get("drives")).endsWith("bin/criu"), exec.toString());
        assertTrue(((String) exec.get("version")).matches("[0-9]+\\.[0-9.]+"), exec.toString());
        assertTrue(((List<?>) exec.get("features")).contains("other-process"), exec.toString());
        assertEquals(
                Map.of("verdict", "by-name", "features", List.of()),
                Map.of(
                        "verdict",
                        engines.get(3).get("verdict"),
                        "features",
                        engines.get(3).get("features")));
    }
}
