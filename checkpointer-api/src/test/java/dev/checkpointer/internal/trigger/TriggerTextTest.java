package dev.checkpointer.internal.trigger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http:http://localhost:8080/health?a=b|http|http://localhost:8080/health?a=b",
                "http:http://[::1]|http|http://[::1]",
                "log:Started: now|log|Started: now",
                "delay:0|delay|0",
                "delay:1.25|delay|1.25",
                "signal:USR1|signal|USR1",
                "main-returned|main-returned|''",
            })
    void isAKindAndWhatItNeeds(String text, String kind, String argument) {
        assertEquals(new TriggerText(kind, argument), TriggerText.parse(text));
        assertEquals(text, TriggerText.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http",
                "http:",
                "http:localhost:8080/x",
                "http:/health",
                "http:ftp://localhost/",
                "http:http:///x",
                "http:http://localhost:70000/",
                "http:https://localhost/",
                "http:http://local host/",
                "log",
                "log:",
                "log: ",
                "delay",
                "delay:",
                "delay:-1",
                "delay:1s",
                "delay:1.2345",
                "delay:.5",
                "delay:123456789",
                "signal:",
                "signal:INT",
                "signal:KILL",
                "signal:SIGUSR2",
                "signal:usr2",
                "main-returned:",
                "Main-returned"
            })
    void isRefusedWhenItIsNone(String text) {
        assertThrows(IllegalArgumentException.class, () -> TriggerText.parse(text));
    }
}
