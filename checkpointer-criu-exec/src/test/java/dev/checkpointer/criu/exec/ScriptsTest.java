package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.testkit.Processes;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptsTest {
    @Test
    void quotedWordsComeBackAsTheyWere() throws Exception {
        var words = List.of("printf", "[%s]\\n", "a b", "it's", "$HOME `id` \"x\"", "*", "");
        var result = Processes.run(List.of("sh", "-c", "eval \"$1\"", "sh", Scripts.quote(words)));
        assertEquals("[a b]\n[it's]\n[$HOME `id` \"x\"]\n[*]\n[]\n", result.output());
    }
}
