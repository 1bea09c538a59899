package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.manager.ManagerException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a creator says of a service. */
class ServiceSpecTest {
    private static ServiceSpec spec(String json) throws Exception {
        return ServiceSpec.of(JSON.std.mapFrom(json));
    }

    @Test
    void documentIsReadAgain() throws Exception {
        var spec = spec("""
                {"name": "web", "command": ["java", "-jar", "a b.jar"], "user": "www:data", "workdir": "/srv",
                 "env": {"A": "1", "B": ""}, "restart": "from-image", "isolate": true}
                """);
        assertEquals(spec, ServiceSpec.of(spec.document()));
        assertEquals(RestartPolicy.FROM_IMAGE, spec.restart());
    }

    @Test
    void commandAloneIsEnough() throws Exception {
        var spec = spec("{\"command\": [\"true\"]}");
        assertEquals(RestartPolicy.NEVER, spec.restart());
        assertEquals("/", spec.directory().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                | "command" is missing
            {"command": []}                                   | "command" is missing
            {"command": [""]}                                 | "command" is missing
            {"command": "true"}                               | "command" is a list of texts
            {"command": ["a", 1]}                             | "command" is a list of texts
            {"command": ["a\\u0000b"]}                        | "command" is a list of texts
            {"command": ["true"], "name": "1"}                | '1' is no name
            {"command": ["true"], "name": "a/b"}              | 'a/b' is no name
            {"command": ["true"], "user": "a b"}              | "user" is USER or USER:GROUP
            {"command": ["true"], "user": "-x"}               | "user" is USER or USER:GROUP
            {"command": ["true"], "workdir": "srv"}           | "workdir" is an absolute path
            {"command": ["true"], "env": {"A=B": "1"}}        | "env" has a name that no variable can have
            {"command": ["true"], "env": {"A": 1}}            | "env" is an object with texts
            {"command": ["true"], "env": ["A"]}               | "env" is an object with texts
            {"command": ["true"], "restart": "maybe"}         | "restart" is never, always, on-failure or from-image
            {"command": ["true"], "isolate": "yes"}           | "isolate" is true or false
            {"command": ["true"], "isolated": true}           | there is no field "isolated" here
            """)
    void mistakesAreTold(String json, String message) {
        var e = assertThrows(ManagerException.class, () -> spec(json));
        assertEquals(Kind.INVALID, e.kind());
        assertTrue(e.getMessage().contains(message), e::getMessage);
    }
}
