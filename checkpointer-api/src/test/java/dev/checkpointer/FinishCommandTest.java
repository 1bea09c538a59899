package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the command that finishes an image, as an engine does. */
class FinishCommandTest {
    private static final Manifest DRAFT = Manifest.of(Map.of("pid", "1"));

    @TempDir
    private Path parent;

    private static ImageDirectory written(Path target, String content) throws Exception {
        var directory = ImageDirectory.check(target, true);
        directory.prepare(DRAFT);
        var staging = directory.staging();
        Files.writeString(staging.resolve("core-1.img"), content);
        Files.writeString(staging.resolve("a b 'c'.img"), "");
        Files.writeString(staging.resolve("perfdata"), "perf");
        Files.writeString(staging.resolve("dump.log"), "log");
        return directory;
    }

    private static int finish(ImageDirectory directory, Path... before) throws Exception {
        var request = CheckpointRequest.builder(Settings.of(Map.of(), Map.of()))
                .imageDirectory(directory.target())
                .stagingDirectory(directory.staging())
                .build();
        var command = ImageDirectory.finishCommand(request);
        var builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        for (var path : before) {
            builder.environment().put("PATH", path + ":" + System.getenv("PATH"));
        }
        var process = builder.start();
        try {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> entries() throws Exception {
        try (var entries = Files.list(parent)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "with spaces", "it's \"quoted\" $HOME `id` \\n *", "-rf"})
    void recordsTheSizesAndFinishes(String name) throws Exception {
        var target = parent.resolve(name);
        assertEquals(0, finish(written(target, "12345")));
        assertFalse(Files.exists(target.resolve(Manifest.DRAFT)));
        var manifest = Manifest.read(target.resolve(Manifest.FILE));
        assertEquals(Optional.of("1"), manifest.get("pid"));
        assertEquals(Optional.of("5"), manifest.get("image.core-1.img"));
        assertEquals(Optional.of("0"), manifest.get("image.a b 'c'.img"));
        assertEquals(Optional.of("4"), manifest.get("image.perfdata"));
        assertEquals(Optional.empty(), manifest.get("image.dump.log"));
        assertEquals(List.of(name), entries());
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "it's \"quoted\" $HOME"})
    void putsTheNewImageInTheOldOnesPlace(String name) throws Exception {
        var target = parent.resolve(name);
        assertEquals(0, finish(written(target, "old")));
        var replacement = written(target, "newer");
        assertNotEquals(target, replacement.staging());
        assertEquals("old", Files.readString(target.resolve("core-1.img")));
        assertEquals(0, finish(replacement));
        assertEquals("newer", Files.readString(target.resolve("core-1.img")));
        assertEquals(
                Optional.of("5"), Manifest.read(target.resolve(Manifest.FILE)).get("image.core-1.img"));
        assertEquals(List.of(name), entries());
    }

    @Test
    void anImageWithoutFilesIsNotFinished() throws Exception {
        var directory = ImageDirectory.check(parent.resolve("image"), false);
        directory.prepare(DRAFT);
        assertNotEquals(0, finish(directory));
        assertFalse(Files.exists(directory.target().resolve(Manifest.FILE)));
    }

    @Test
    void failsWhenTheDirectoryIsGone() throws Exception {
        var directory = ImageDirectory.check(parent.resolve("image"), false);
        assertNotEquals(0, finish(directory));
        assertEquals(List.of(), entries());
    }

    @Test
    void failsWhenTheOldImageIsGone() throws Exception {
        var target = parent.resolve("image");
        assertEquals(0, finish(written(target, "old")));
        var replacement = written(target, "new");
        Files.move(target, parent.resolve("elsewhere"));
        assertNotEquals(0, finish(replacement));
        assertEquals(List.of("elsewhere", "image.new"), entries());
    }

    /** A command mv in front of the real one fails when it should put the new image in place. */
    @Test
    void putsTheOldImageBackWhenTheNewOneCannotTakeItsPlace() throws Exception {
        var target = parent.resolve("image");
        assertEquals(0, finish(written(target, "old")));
        var replacement = written(target, "new");
        var commands = Files.createDirectory(parent.resolve("commands"));
        var mv = Files.writeString(commands.resolve("mv"), """
                #!/bin/sh
                case "$*" in *image.new*) exit 1 ;; esac
                PATH=${PATH#*:} exec mv "$@"
                """);
        assertTrue(mv.toFile().setExecutable(true));
        assertNotEquals(0, finish(replacement, commands));
        assertEquals("old", Files.readString(target.resolve("core-1.img")));
        replacement.discard();
        assertEquals(List.of("commands", "image", "image.new"), entries());
        assertEquals("log", Files.readString(parent.resolve("image.new/dump.log")));
        assertTrue(Files.exists(target.resolve(Manifest.FILE)));
    }

    /** As after a CRIU that was killed while this command ran: the program goes on, and discards what it takes for unfinished. */
    @Test
    void anImageThatIsDiscardedMeanwhileDoesNotTakeTheOldOnesPlace() throws Exception {
        var target = parent.resolve("image");
        assertEquals(0, finish(written(target, "old")));
        var replacement = written(target, "new");
        var commands = Files.createDirectory(parent.resolve("commands"));
        var mv = Files.writeString(commands.resolve("mv"), """
                #!/bin/sh
                case "$*" in "-T "*"/image "*) rm -f "$2.new"/manifest* "$2.new"/*.img ;; esac
                PATH=${PATH#*:} exec mv "$@"
                """);
        assertTrue(mv.toFile().setExecutable(true));
        assertNotEquals(0, finish(replacement, commands));
        assertEquals("old", Files.readString(target.resolve("core-1.img")));
        assertTrue(Files.exists(target.resolve(Manifest.FILE)));
        replacement.discard();
        assertEquals(List.of("commands", "image", "image.new"), entries());
    }
}
