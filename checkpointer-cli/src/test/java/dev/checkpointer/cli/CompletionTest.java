package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completion scripts in the shells themselves, where these are installed; every machine has bash. */
class CompletionTest {
    @TempDir
    Path directory;

    @Test
    void fishIsToldEveryVerbAndItsOptions() {
        var lines = Cli.run("completion", "fish").output().lines().toList();
        for (var verb : List.of("restore", "checkpoint", "inspect", "ps", "engines", "doctor", "completion")) {
            assertTrue(
                    lines.stream()
                            .anyMatch(line -> line.startsWith(
                                    "complete -c checkpointer -n __fish_use_subcommand -a " + verb + " -d '")),
                    verb);
            assertTrue(
                    lines.stream()
                            .anyMatch(line -> line.startsWith("complete -c checkpointer -n"
                                    + " '__fish_seen_subcommand_from " + verb + "' -s h -l help")),
                    verb);
        }
        assertTrue(lines.stream().allMatch(line -> line.startsWith("complete -c checkpointer ")), lines.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checkpointer insp | inspect",
                "checkpointer restore --pid | --pidfile --pid-namespace",
                "checkpointer restore --pid-namespace ' ' | always auto never",
                "checkpointer checkpoint --to /proc/sys/kern | /proc/sys/kernel/",
                "checkpointer completion z | zsh",
                "checkpointer engines --j | --json",
                "checkpointer engines x | ''",
            })
    void fishCompletesAWord(String line, String expected) throws Exception {
        needs("fish");
        var script = script("fish");
        var ended = Processes.run(List.of(
                "env",
                "HOME=" + directory,
                "fish",
                "--no-config",
                "-c",
                "source '" + script + "'; complete -C \"" + line.replace("' '", "") + "\""));
        assertEquals(0, ended.status(), ended.output());
        var words = ended.output().lines().map(word -> word.split("\t")[0]).toList();
        assertEquals(List.of(expected.split(" ")), words.isEmpty() ? List.of("") : words, ended.output());
    }

    @Test
    void zshTakesTheScript() throws Exception {
        needs("zsh");
        var script = script("zsh");
        var ended = Processes.run(List.of(
                "zsh",
                "-f",
                "-c",
                "autoload -U compinit; compinit -u -D; source '" + script + "'; echo $_comps[checkpointer]"));
        assertEquals(0, ended.status(), ended.output());
        assertTrue(ended.output().contains("_complete_checkpointer"), ended.output());
    }

    private Path script(String shell) throws IOException {
        var written = Cli.run("completion", shell);
        assertEquals(0, written.status(), written.errors());
        return Files.writeString(directory.resolve("completion"), written.output());
    }

    private static void needs(String shell) throws IOException {
        boolean there =
                Processes.run(List.of("sh", "-c", "command -v " + shell)).status() == 0;
        assumeTrue(there, shell + " is not installed");
    }
}
