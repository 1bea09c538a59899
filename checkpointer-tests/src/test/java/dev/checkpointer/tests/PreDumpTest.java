package dev.checkpointer.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.crac.CheckpointException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dumps in two steps. A kernel that tracks changed pages is rare, so a command stands in for CRIU that claims one: it notes
 * what it is told, makes up a pre-dump, and has CRIU make a whole dump. What it cannot show is that CRIU builds on the pre-dump.
 */
class PreDumpTest {
    private static final Logger LOGGER = Logger.getLogger("dev.checkpointer");

    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            warnings.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Path image;
    private Target target;

    @BeforeEach
    void begin() throws IOException {
        LOGGER.addHandler(handler);
        image = directory.resolve("image");
        // A rehearsal opens files below /proc, which would be in the image.
        target = Target.start(Jdk.all().findFirst().orElseThrow(), directory, Map.of("checkpointer.rehearse", "false"));
        assertEquals("1", target.ask("count"));
    }

    @AfterEach
    void end() {
        LOGGER.removeHandler(handler);
        System.clearProperty("checkpointer.criu");
        target.close();
    }

    private void claimTracking(String preDump) throws Exception {
        var criu = Files.writeString(directory.resolve("criu"), """
                #!/bin/sh
                case "$*" in *--version*) exec %1$s "$@" ;; esac
                echo "$@" >>"%2$s"
                case $1 in
                  check) exit 0 ;;
                  pre-dump) cd "$5" || exit 1; echo page >pages-1.img; : >inventory.img; : >stats-dump; %3$s ;;
                esac
                for word in "$@"; do
                  shift
                  case $word in
                    --track-mem | --prev-images-dir) ;;
                    predump) ln -s predump "%4$s/parent" ;;
                    *) set -- "$@" "$word" ;;
                  esac
                done
                exec %1$s "$@"
                """.formatted(
                        CriuCommand.find().path(), directory.resolve("noted"), preDump, image));
        assertTrue(criu.toFile().setExecutable(true));
        System.setProperty("checkpointer.criu", criu.toString());
    }

    private CheckpointRequest request() {
        return CheckpointRequest.builder()
                .pid(target.pid())
                .engine("criu-exec")
                .imageDirectory(image)
                .preDump(true)
                .build();
    }

    private void checkpoint() throws CheckpointException {
        Checkpointer.checkpoint(request(), () -> {
            Files.writeString(
                    directory.resolve("noted"), "notified\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return Map.of("heap.after", "1");
        });
        Processes.awaitEnd(target.pid());
    }

    private List<String> noted() throws IOException {
        return Files.readAllLines(directory.resolve("noted"));
    }

    private void assertRestoredFrom(Path place) throws Exception {
        var restored = Checkpointer.restore(
                RestoreRequest.builder(place).engine("criu-exec").build());
        try (var program = target.restoredUnaware(restored)) {
            assertEquals("2", program.ask("count"));
        }
    }

    @Test
    void memoryIsWrittenBeforeTheProgramIsNotified() throws Exception {
        claimTracking("exit 0");
        checkpoint();
        var noted = noted();
        assertEquals(4, noted.size(), noted::toString);
        assertEquals("check --feature mem_dirty_track", noted.get(0));
        assertTrue(
                noted.get(1).startsWith("pre-dump --tree " + target.pid() + " --images-dir " + image + "/predump "),
                noted.get(1));
        assertTrue(noted.get(1).contains(" --track-mem"), noted.get(1));
        assertEquals("notified", noted.get(2));
        assertTrue(
                noted.get(3).startsWith("dump --tree " + target.pid() + " --images-dir " + image + " "), noted.get(3));
        assertTrue(noted.get(3).contains(" --track-mem --prev-images-dir predump"), noted.get(3));
        assertEquals(List.of(), warnings);

        var moved = Files.move(image, directory.resolve("moved"));
        assertEquals(
                "5",
                Manifest.read(moved.resolve(Manifest.FILE))
                        .get("image.predump/pages-1.img")
                        .orElseThrow());
        assertRestoredFrom(moved);
        Files.writeString(moved.resolve("predump/pages-1.img"), "damage");
        var failure = assertThrows(Exception.class, () -> assertRestoredFrom(moved));
        assertTrue(failure.getMessage().contains("is damaged: predump/pages-1.img"), failure::getMessage);
    }

    @Test
    void preDumpThatFailsIsLeftOutWithAWarning() throws Exception {
        claimTracking("echo 'Error (criu/x.c:1): no luck' >dump.log; exit 1");
        checkpoint();
        assertFalse(noted().get(3).contains("predump"), noted().get(3));
        assertFalse(Files.exists(image.resolve("predump")));
        assertEquals(
                List.of("there is no pre-dump, the dump is a whole one: criu pre-dump ended with status 1 (no luck)"),
                warnings);
        assertRestoredFrom(image);
    }

    /** On a kernel that does track changed pages there is a real pre-dump, and nothing to warn of. */
    @Test
    void realKernelMakesAPreDumpOrSaysWhyNot() throws Exception {
        checkpoint();
        assertEquals(
                Files.isDirectory(image.resolve("predump"))
                        ? List.of()
                        : List.of("there is no pre-dump, the dump is a whole one:"
                                + " this kernel does not track which pages change (soft-dirty)"),
                warnings);
        assertRestoredFrom(image);
    }

    @Test
    void failedPreparationLeavesNothingOfThePreDump() throws Exception {
        claimTracking("exit 0");
        var request = request();
        assertThrows(
                CheckpointException.class,
                () -> Checkpointer.checkpoint(request, () -> {
                    assertTrue(Files.exists(image.resolve("predump/pages-1.img")));
                    throw new IOException("not ready");
                }));
        assertFalse(Files.exists(image), "the image directory");
        assertEquals("2", target.ask("count"));
    }
}
