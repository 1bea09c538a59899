package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorsTest {
    @TempDir
    Path directory;

    @AfterEach
    void forgetTheFake() {
        System.clearProperty("checkpointer.criu");
    }

    @Test
    void workerHasItsOwnDescriptorsAndNoneOfThisJvm() throws Exception {
        var list = directory.resolve("list.txt");
        var criu = Files.writeString(directory.resolve("criu"), """
                #!/bin/sh
                if [ "$1" = --version ]; then echo Version: 4.2.1; exit; fi
                exec sh -c 'for f in /proc/$$/fd/*; do echo "${f##*/} $(readlink "$f")"; done >"$1"' sh '%s'
                """.formatted(list));
        assertTrue(criu.toFile().setExecutable(true));
        System.setProperty("checkpointer.criu", criu.toString());
        var image = Files.createDirectory(directory.resolve("image"));
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(image.resolve("manifest"), "format=1\npid=999999998\n");
        var given = Files.writeString(directory.resolve("given.txt"), "");
        var request = RestoreRequest.builder(image)
                .pidNamespace(PidNamespace.NEVER)
                .inherit("a/key", Redirect.from(given.toFile()))
                .build();
        try (var own = new RandomAccessFile(directory.resolve("own.txt").toFile(), "rw")) {
            assertEquals(0, own.length());
            assertThrows(EngineException.class, () -> new LibCriuEngine().restore(request));
        }
        var open = Files.readAllLines(list);
        assertTrue(open.containsAll(List.of("4 /dev/null", "5 /dev/null", "6 /dev/null")), open::toString);
        assertEquals(1, large(open, "/given.txt"), open::toString);
        assertEquals(1, large(open, "socket:"), open::toString);
        assertEquals(0, large(open, "/own.txt"), open::toString);
        assertEquals(0, large(open, "/modules"), open::toString);
        assertEquals(0, large(open, ".jar"), open::toString);
    }

    /** Those that are not in the way of the standard streams. */
    private static long large(List<String> open, String target) {
        return open.stream()
                .filter(line -> line.contains(target) && Integer.parseInt(line.split(" ")[0]) > 6)
                .count();
    }

    @Test
    void smallNumbersAreOccupiedUntilTheEnd() throws Exception {
        var calls = new ArrayList<String>();
        var numbers = new ArrayList<>(List.of(3, 5, 6, 9));
        var libc = (LibC) Proxy.newProxyInstance(
                LibC.class.getClassLoader(), new Class<?>[] {LibC.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName() + " " + Arrays.asList(arguments).get(0));
                    return method.getName().equals("open") ? numbers.remove(0) : 0;
                });
        try (var descriptors = new Descriptors(libc)) {
            descriptors.occupySmall();
            assertEquals(List.of("open /dev/null", "open /dev/null", "open /dev/null", "open /dev/null"), calls);
            calls.clear();
        }
        assertEquals(List.of("close 3", "close 5", "close 6", "close 9"), calls);
    }

    @Test
    void fileThatCannotBeOpenedIsNamed() throws Exception {
        var missing = directory.resolve("missing.txt");
        var libraries = NativeCriu.load(LibraryFile.find(Settings.current(), ""));
        try (var descriptors = new Descriptors(libraries.libc())) {
            var e = assertThrows(EngineException.class, () -> descriptors.inherited(Redirect.from(missing.toFile())));
            assertTrue(e.getMessage().startsWith("cannot open " + missing), e::getMessage);
        }
    }
}
