package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentOptionsTest {
    @Test
    void areSettings() throws Exception {
        assertEquals(
                Map.of("checkpointer.control", "/a=b", "checkpointer.engine.criu-rpc.enabled", "false"),
                AgentOptions.parse("control=/a=b,engine.criu-rpc.enabled=false"));
        assertEquals(Map.of(), AgentOptions.parse(null));
        assertEquals(Map.of(), AgentOptions.parse(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "contrl=/a|option 'contrl' is unknown",
                "control|option 'control' is not of the form key=value",
                "timeout=soon|setting checkpointer.timeout has the value 'soon'",
            })
    void areRefusedWithARemedyWhenTheyAreNone(String options, String message) {
        var refusal = assertThrows(AgentException.class, () -> AgentOptions.parse(options));
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
        assertEquals(2, refusal.getMessage().lines().count(), refusal.getMessage());
    }
}
