package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void splitsAtBlanks() {
        assertEquals(List.of("checkpoint", "/a", "tcp=close"), Words.of("  checkpoint\t/a   tcp=close "));
        assertEquals(List.of(), Words.of(" "));
    }

    @Test
    void keepsWhatIsQuoted() {
        assertEquals(List.of("/a b", "", "say \"so\" \\"), Words.of("\"/a b\" \"\" \"say \\\"so\\\" \\\\\""));
        assertThrows(IllegalArgumentException.class, () -> Words.of("\"/a b"));
    }
}
