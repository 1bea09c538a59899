package dev.checkpointer.internal.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MappedFilesTest {
    @Test
    void readsThePathsThatStillExistOnceAndInOrder() {
        var maps = """
                55d0c8a00000-55d0c8a01000 r--p 00000000 fe:00 131 /usr/bin/java
                55d0c8a01000-55d0c8a02000 r-xp 00001000 fe:00 131 /usr/bin/java
                55d0c9000000-55d0c9021000 rw-p 00000000 00:00 0 [heap]
                7f0000000000-7f0000001000 rw-p 00000000 00:00 0
                7f0000001000-7f0000002000 rw-s 00000000 00:01 7 /memfd:x (deleted)
                7f0000002000-7f0000003000 r--s 00000000 fe:00 9                          /opt/a b/lib (x).so
                7f0000003000-7f0000004000 rw-s 00000000 fe:00 8 /tmp/hsperfdata_me/42
                7ffd00000000-7ffd00001000 r-xp 00000000 00:00 0                          [vdso]
                """;
        assertEquals(
                List.of(
                        Map.entry(Path.of("/usr/bin/java"), false),
                        Map.entry(Path.of("/opt/a b/lib (x).so"), false),
                        Map.entry(Path.of("/tmp/hsperfdata_me/42"), true)),
                List.copyOf(MappedFiles.parse(maps).entrySet()));
    }

    @Test
    void findsTheLibraryOfThisJvm() throws Exception {
        var files = MappedFiles.of(ProcessHandle.current().pid());
        var library =
                Path.of(System.getProperty("java.home"), "lib/server/libjvm.so").toRealPath();
        assertTrue(files.contains(library), files::toString);
    }
}
