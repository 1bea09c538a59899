package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibraryFileTest {
    @TempDir
    Path directory;

    private static Settings settings(String... pairs) {
        return Settings.of(pairs.length == 0 ? Map.of() : Map.of(pairs[0], pairs[1]), Map.of());
    }

    private Path library(String place) throws Exception {
        var folder = Files.createDirectories(directory.resolve(place));
        return Files.writeString(folder.resolve("libcriu.so.2"), "");
    }

    @Test
    void settingComesFirst() throws Exception {
        var file = library("own");
        library("other");
        var found = LibraryFile.find(
                settings("checkpointer.libcriu", file.toString()),
                directory.resolve("other").toString());
        assertEquals(file, found);
    }

    @Test
    void wrongSettingIsNamedAndNothingElseIsTaken() {
        var wrong = directory.resolve("none.so").toString();
        var e = assertThrows(
                EngineException.class, () -> LibraryFile.find(settings("checkpointer.libcriu", wrong), ""));
        assertTrue(
                e.getMessage().startsWith("checkpointer.libcriu names " + wrong + ", which is not a file"),
                e::getMessage);
    }

    @Test
    void prefixComesBeforeTheSystem() throws Exception {
        var file = library("prefix/lib");
        library("system");
        var found = LibraryFile.find(
                settings("checkpointer.prefix", directory.resolve("prefix").toString()),
                directory.resolve("system").toString());
        assertEquals(file, found);
    }

    @Test
    void libraryPathIsSearchedBehindThePrefix() throws Exception {
        var file = library("system");
        var found = LibraryFile.find(
                settings("checkpointer.prefix", directory.resolve("empty").toString()),
                "relative::" + directory.resolve("system"));
        assertEquals(file, found);
    }

    @Test
    void withoutAPrefixTheUsualOnesAreSearched() {
        var places = LibraryFile.places(settings(), "", "amd64").subList(0, 2);
        assertEquals(
                List.of(
                        Path.of("/opt/checkpointer/lib/libcriu.so.2"),
                        Path.of(System.getProperty("user.home"), ".local/share/checkpointer/lib/libcriu.so.2")),
                places);
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, /usr/lib/x86_64-linux-gnu",
        "aarch64, /usr/lib/aarch64-linux-gnu",
        "ppc64le, /usr/lib/powerpc64le-linux-gnu",
        "amd64, /usr/lib64",
        "amd64, /usr/local/lib"
    })
    void systemDirectoriesAreSearched(String architecture, String folder) {
        var places = LibraryFile.places(settings(), "", architecture);
        assertTrue(places.contains(Path.of(folder, "libcriu.so.2")), places::toString);
    }
}
