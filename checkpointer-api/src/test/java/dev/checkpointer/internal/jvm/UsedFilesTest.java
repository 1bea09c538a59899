package dev.checkpointer.internal.jvm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.internal.descriptor.DumpedProcess;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsedFilesTest {
    @TempDir
    Path directory;

    /** Those of the process itself are there again when CRIU has made it, and not before. */
    @Test
    void filesOfProcAreNotWanted() throws IOException {
        var file = Files.writeString(directory.resolve("data"), "data");
        long pid = ProcessHandle.current().pid();
        var manifest = new HashMap<String, String>();
        try (var own = new FileInputStream("/proc/" + pid + "/stat");
                var data = new FileInputStream(file.toFile())) {
            assertTrue(own.getFD().valid() && data.getFD().valid());
            UsedFiles.note(DumpedProcess.tree(pid), Set.of(), manifest);
        }
        assertTrue(manifest.values().stream().anyMatch(line -> line.endsWith(" " + file)), manifest::toString);
        assertTrue(manifest.values().stream().noneMatch(line -> line.contains(" /proc/")), manifest::toString);
    }
}
