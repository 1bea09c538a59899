package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellTest {
    @Test
    void quotedWordsComeBackAsTheyWere() throws Exception {
        var words = List.of("printf", "[%s]\\n", "a b", "it's", "$HOME `id` \"x\"", "*", "");
        var shell = new ProcessBuilder("sh", "-c", "eval \"$1\"", "sh", Shell.quote(words)).start();
        shell.getOutputStream().close();
        var output = new String(shell.getInputStream().readAllBytes());
        assertEquals("[a b]\n[it's]\n[$HOME `id` \"x\"]\n[*]\n[]\n", output);
    }
}
