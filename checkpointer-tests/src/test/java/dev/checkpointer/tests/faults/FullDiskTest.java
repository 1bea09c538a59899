package dev.checkpointer.tests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Manifest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.testkit.Target;
import dev.checkpointer.testkit.Tmpfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems with too little room: for the image, and for the launcher's work directory. */
class FullDiskTest extends FaultFixture {
    private static final int SIZES = 10;
    private static final int KILOBYTE = 1024;
    private static final int PAGE_KILOBYTES = 4;

    /** Of what an image takes: two images of one program differ a little. */
    private static final double MOST = 0.9;

    @ParameterizedTest
    @Tag("full")
    @ValueSource(strings = {"criu-exec", "criu-rpc"})
    void tenSizesForTheImage(String engine) throws Exception {
        var target = program(engine);
        var image = place().resolve("image");
        assertEquals("CONTINUED", target.ask("checkpoint leave-running=true image=" + image));
        var row = row("dump: disk full at ten sizes, " + engine);
        long most = (long) (kilobytes(image) * MOST);
        int count = 1;
        for (int i = 0; i < SIZES; i++) {
            row.begin();
            // From one page up, each a multiple of the one before, so that every kind of file is the first to fail.
            long size = Math.round(PAGE_KILOBYTES * Math.pow((double) most / PAGE_KILOBYTES, i / (SIZES - 1.0)));
            checkpointInto(target, size + "k", ++count);
            row.ran();
            row.told();
            row.note("no space left, with its remedy");
        }
    }

    /** The contract has the same for two sizes. */
    private void checkpointInto(Target target, String size, int count) throws IOException {
        var state = target.ask("state");
        try (var disk = new Tmpfs(directory.resolve("small"), size)) {
            var image = disk.directory().resolve("image");
            var answer = target.ask("checkpoint image=" + image);
            assertTrue(answer.contains("no space left for the image"), () -> size + ": " + answer);
            assertTrue(answer.contains("Make room there, or set checkpointer.image"), answer);
            assertFalse(Files.exists(image.resolve(Manifest.FILE)));
            var ended = run(launcher("restore", image.toString()));
            assertTrue(ended.clear() && ended.status() == 111, ended::toString);
        }
        assertEquals(state, target.ask("state"));
        assertEquals(Integer.toString(count), target.ask("count"));
        assertEquals("ok", target.ask("advance"));
    }

    private static long kilobytes(Path image) throws IOException {
        try (var files = Files.list(image)) {
            long bytes = 0;
            for (var file : files.toList()) {
                bytes += Files.size(file);
            }
            return bytes / KILOBYTE;
        }
    }

    @Test
    @Tag("full")
    void tenSizesForTheWorkDirectory() throws Exception {
        var sizes = IntStream.rangeClosed(1, SIZES)
                .mapToObj(pages -> pages * PAGE_KILOBYTES + "k")
                .toList();
        restoreWith(row("restore: disk of the work directory full at ten sizes"), sizes);
    }

    @Test
    void noRoomForTheWorkDirectory() throws Exception {
        restoreWith(new Row(""), List.of("4k"));
    }

    private void restoreWith(Row row, List<String> sizes) throws Exception {
        var program = program("criu-exec");
        var image = place().resolve("image");
        var state = program.ask("state");
        program.endWith("checkpoint image=" + image);
        var original = new Original(program, place(), 1, state);
        for (var size : sizes) {
            row.begin();
            try (var disk = new Tmpfs(directory.resolve("small"), size)) {
                var filler = Files.write(disk.directory().resolve("filler"), new byte[PAGE_KILOBYTES * KILOBYTE]);
                original.forgetRestore();
                var pidFile = directory.resolve("pid");
                var launcher = launcher("restore", image.toString(), "--detach", "--pidfile", pidFile.toString());
                launcher.environment().put("TMPDIR", disk.directory().toString());
                var ended = run(launcher);
                if (ended.status() == 0) {
                    var pid = Long.parseLong(Files.readString(pidFile).strip());
                    try (var restored = original.target().restored(new RestoredProcess(pid))) {
                        original.assertRight(restored);
                    }
                    row.ran();
                } else {
                    assertTrue(ended.clear() && ended.messages().startsWith("checkpointer: "), ended::toString);
                    assertTrue(ended.messages().contains("Make room there, or set TMPDIR"), ended::toString);
                    row.told();
                }
                Files.delete(filler);
                awaitQuiet(); // the work directory is removed in the background
            }
            assertRestores(image, original, "criu-exec");
        }
    }
}
