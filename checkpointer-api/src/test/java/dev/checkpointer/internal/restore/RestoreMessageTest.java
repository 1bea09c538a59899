package dev.checkpointer.internal.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.checkpointer.RestoreArguments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreMessageTest {
    private static final RestoreArguments ARGUMENTS = RestoreArguments.NONE
            .property("a.b", "x=y")
            .property("empty", "")
            .variable("PATH", "/bin:\\n is no newline, \n is one, \\\\ are two backslashes\n")
            .variable("Ü", "\u20ac")
            .arguments("", "end", "image=no", "-Dx")
            .mainClass("some.Main$Inner");

    @Test
    void whatIsEncodedIsDecoded() throws Exception {
        var message = new RestoreMessage(Path.of("/images/a\nb"), Optional.of(Path.of("/r")), ARGUMENTS);
        var decoded = RestoreMessage.decode(message.encode());
        assertEquals(message, decoded);
        assertEquals(
                List.of("a.b", "empty"),
                List.copyOf(decoded.arguments().properties().keySet()),
                "the order");
    }

    @Test
    void linesAreAsTheLauncherWritesThem() {
        var message = new RestoreMessage(Path.of("/i"), Optional.empty(), ARGUMENTS.arguments("a\nb\\c"));
        var expected = "checkpointer-restore 1\nimage=/i\nproperty=a.b=x=y\nproperty=empty=\n"
                + "variable=PATH=/bin:\\\\n is no newline, \\n is one, \\\\\\\\ are two backslashes\\n\n"
                + "variable=Ü=\u20ac\nargument=a\\nb\\\\c\nmain=some.Main$Inner\nend\n";
        assertEquals(expected, new String(message.encode(), StandardCharsets.UTF_8));
    }

    @Test
    void messageThatIsNotWholeIsNone() {
        var bytes = new RestoreMessage(Path.of("/i"), Optional.empty(), ARGUMENTS).encode();
        for (int length = 0; length < bytes.length; length++) {
            var part = Arrays.copyOf(bytes, length);
            assertThrows(IOException.class, () -> RestoreMessage.decode(part), () -> new String(part));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"checkpointer-restore 2\nend\n", "checkpointer-restore 1\nsecret\nend\n", "format=1\nend\n"})
    void foreignMessageIsRefusedWithoutItsText(String text) {
        var failure = assertThrows(IOException.class, () -> RestoreMessage.decode(text.getBytes()));
        assertFalse(failure.getMessage().contains("secret"), failure::getMessage);
    }

    @Test
    void argumentsTellNoValue() {
        var text = RestoreArguments.NONE
                .property("p", "hush")
                .variable("V", "hush")
                .arguments("hush")
                .toString();
        assertEquals("RestoreArguments[properties=[p], environment=[V], arguments=1, mainClass=none]", text);
    }

    @Test
    void badNamesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> RestoreArguments.NONE.property("", "x"));
        assertThrows(IllegalArgumentException.class, () -> RestoreArguments.NONE.variable("A=B", "x"));
    }
}
