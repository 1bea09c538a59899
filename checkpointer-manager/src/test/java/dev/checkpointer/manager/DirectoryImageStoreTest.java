package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in directories. */
class DirectoryImageStoreTest {
    @TempDir
    Path directory;

    private DirectoryImageStore store;

    @BeforeEach
    void open() throws IOException {
        store = new DirectoryImageStore(directory.resolve("images"));
    }

    private static StoredImage draft(String id) {
        return new StoredImage(
                id,
                Instant.parse("2026-01-02T03:04:05Z"),
                "java",
                List.of("java", "-jar", "x.jar"),
                Optional.of("service"),
                Map.of("command", List.of("java")),
                0,
                0,
                true,
                Set.of());
    }

    private StoredImage store(String id) throws IOException {
        var image = Files.createDirectories(store.reserve(draft(id)));
        Files.writeString(image.resolve("pages-1.img"), "12345678");
        Files.writeString(image.resolve("manifest"), "format=1\n");
        return store.commit(id);
    }

    @Test
    void finishedImageIsListedWithItsSizes() throws IOException {
        var image = store("a");
        assertEquals(8, image.pages());
        assertEquals(17, image.size());
        assertEquals(List.of(image), store.list());
        assertEquals(List.of(image), new DirectoryImageStore(directory.resolve("images")).list());
    }

    @Test
    void whatIsNotFinishedIsNoImage() throws IOException {
        Files.createDirectories(store.reserve(draft("a")));
        assertEquals(List.of(), store.list());
        assertThrows(IOException.class, () -> store.commit("a"));
        assertThrows(IOException.class, () -> store.open("a"));
    }

    @Test
    void whatSomebodyRemovedIsNoImage() throws IOException {
        store("a");
        Files.delete(store.open("a").resolve("manifest"));
        assertEquals(List.of(), store.list());
    }

    @Test
    void removedImageIsGone() throws IOException {
        store("a");
        store.remove("a");
        store.remove("a");
        assertFalse(Files.exists(directory.resolve("images/a")));
        assertEquals(List.of(), store.list());
    }

    @Test
    void tagsLast() throws IOException {
        store("a");
        store.tag("a", Set.of("web:1"));
        assertEquals(
                Set.of("web:1"),
                new DirectoryImageStore(directory.resolve("images"))
                        .list()
                        .get(0)
                        .tags());
    }

    @Test
    void strangersAreLeftAlone() throws IOException {
        var stranger = Files.createDirectories(directory.resolve("images/stranger"));
        Files.writeString(stranger.resolve("image.json"), "{\"id\": 7}");
        assertEquals(List.of(), new DirectoryImageStore(directory.resolve("images")).list());
        assertEquals(true, Files.exists(stranger));
    }
}
