package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {
    @Test
    void endsWithTheOneLineThatDoesNotBeginWithASpace() {
        assertEquals(
                " a\n b\n c d\nok e f\n",
                Answer.ok(List.of("a\nb", "c\td"), "e\nf").text());
        assertEquals("ok\n", Answer.ok("").text());
        assertEquals("error x\n", Answer.error("x").text());
    }
}
