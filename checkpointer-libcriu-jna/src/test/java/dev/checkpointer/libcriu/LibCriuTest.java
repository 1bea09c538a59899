package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mappings against the installed library. */
class LibCriuTest {
    private static Path library() throws EngineException {
        return LibraryFile.find(Settings.current(), "");
    }

    @Test
    void everyMappedFunctionIsInTheLibrary() throws Exception {
        var library = NativeLibrary.getInstance(library().toString());
        var missing = Arrays.stream(LibCriu.class.getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> {
                    try {
                        return library.getFunction(name) == null;
                    } catch (UnsatisfiedLinkError e) {
                        return true;
                    }
                })
                .sorted(Comparator.naturalOrder())
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void fileThatIsNoLibraryIsNamed(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("libcriu.so.2"), "no library");
        var e = assertThrows(EngineException.class, () -> NativeCriu.load(file));
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().startsWith("cannot load " + file), e::getMessage);
        assertTrue(e.getMessage().contains("checkpointer.libcriu"), e::getMessage);
    }
}
