package dev.checkpointer.tests.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Manifest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.Image;
import dev.checkpointer.criu.ImageHashes;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Images with a damaged file, restored with hashes and without. */
class DamagedImageTest extends FaultFixture {
    private static final long SEED = 20_261_122;
    private static final int FLIPS = 100;
    private static final Set<Integer> REFUSALS = Set.of(111, 112);
    private static final int DEADLINE = 114;

    /** A program with a wrong byte in its memory may never answer. */
    private static final long ANSWER_SECONDS = 10;

    private static final long PAUSE_NANOS = 5_000_000;

    private Original original;
    private Path image;

    @Test
    @Tag("full")
    void everyFileIsMissing() throws Exception {
        makeImage();
        var plain = row("image: each file missing");
        var hashed = row("image: each file missing, with `--verify`");
        for (var name : files()) {
            damaged(name, null, plain, hashed);
        }
    }

    @Test
    @Tag("full")
    void everyFileIsTruncated() throws Exception {
        makeImage();
        var plain = row("image: each file cut to its half");
        var hashed = row("image: each file cut to its half, with `--verify`");
        for (var name : files()) {
            var content = Files.readAllBytes(image.resolve(name));
            damaged(name, Arrays.copyOf(content, content.length / 2), plain, hashed);
        }
    }

    @Test
    @Tag("full")
    void everyFileIsOfAnotherImage() throws Exception {
        makeImage();
        var other = otherImage();
        var plain = row("image: each file of another image");
        var hashed = row("image: each file of another image, with `--verify`");
        var counterparts = counterparts(other);
        for (var name : files()) {
            var content = Files.readAllBytes(other.resolve(counterparts.get(name)));
            if (Arrays.equals(content, Files.readAllBytes(image.resolve(name)))) {
                plain.note("(not tried) the other image's file has the same content");
            } else {
                damaged(name, content, plain, hashed);
            }
        }
    }

    @Test
    @Tag("full")
    void aHundredBytesAreFlipped() throws Exception {
        makeImage();
        var random = new Random(SEED);
        var plain = row("image: a hundred flipped bytes, seed " + SEED);
        var hashed = row("image: a hundred flipped bytes, seed " + SEED + ", with `--verify`");
        var names = files();
        for (int i = 0; i < FLIPS; i++) {
            var name = names.get(random.nextInt(names.size()));
            damaged(name, flipped(name, random), plain, hashed);
        }
    }

    @Test
    void someDamage() throws Exception {
        makeImage();
        damaged("files.img", null, new Row(""), new Row(""));
        damaged("pstree.img", new byte[1], new Row(""), new Row(""));
        damaged("inventory.img", flipped("inventory.img", new Random(SEED)), new Row(""), new Row(""));
        damaged(Manifest.FILE, withCapitalInHash(), new Row(""), new Row(""));
        assertRestores(image, original, "criu-exec");
    }

    /** The same hash to sha256sum, but not what was noted. */
    private byte[] withCapitalInHash() throws IOException {
        var text = Files.readString(image.resolve(Manifest.FILE));
        return Pattern.compile("(?m)^(sha256\\.(?!manifest)\\S+=[0-9]*)([a-f])")
                .matcher(text)
                .replaceFirst(match -> match.group(1) + match.group(2).toUpperCase(Locale.ROOT))
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] flipped(String name, Random random) throws IOException {
        var content = Files.readAllBytes(image.resolve(name));
        content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        return content;
    }

    /** Every file that a restore reads. */
    private List<String> files() throws Exception {
        var names = new ArrayList<>(
                Manifest.read(image.resolve(Manifest.FILE)).withPrefix("image.").keySet());
        names.add(Manifest.FILE);
        return names;
    }

    private void makeImage() throws Exception {
        var program = program("criu-exec");
        image = directory.resolve("image");
        var state = program.ask("state");
        program.endWith("checkpoint image=" + image);
        original = new Original(program, place(), 1, state);
        new ImageHashes(Image.open(image)).note();
    }

    private Path otherImage() throws Exception {
        var program = program("criu-exec");
        program.ask("grow 5000");
        var other = directory.resolve("other");
        program.endWith("checkpoint image=" + other);
        return other;
    }

    /** By name; those that have a PID in their name, in their order. */
    private TreeMap<String, String> counterparts(Path other) throws Exception {
        var found = new TreeMap<String, String>();
        var free = new ArrayList<String>();
        try (var entries = Files.list(other)) {
            entries.map(entry -> entry.getFileName().toString()).sorted().forEach(free::add);
        }
        for (var name : files()) {
            var same = free.contains(name)
                    ? name
                    : free.stream()
                            .filter(candidate -> kind(candidate).equals(kind(name)) && !exists(candidate))
                            .findFirst()
                            .orElseGet(() -> free.get(0));
            free.remove(same);
            found.put(name, same);
        }
        return found;
    }

    private boolean exists(String name) {
        return Files.exists(image.resolve(name));
    }

    private static String kind(String name) {
        return name.replaceAll("[0-9]+", "N");
    }

    /** Restores with this content of a file, null for none, and puts the file right again. */
    private void damaged(String name, byte[] content, Row plain, Row hashed) throws Exception {
        var file = image.resolve(name);
        var right = Files.readAllBytes(file);
        var time = Files.getLastModifiedTime(file);
        try {
            if (content == null) {
                Files.delete(file);
            } else {
                Files.write(file, content);
            }
            if (!name.equals(Manifest.FILE) || !isFlipped(right, content)) {
                restore(name, plain);
            }
            hashed.begin();
            var ended = run(launcher("restore", image.toString(), "--detach", "--verify"));
            assertTrue(ended.clear() && REFUSALS.contains(ended.status()), () -> name + ": " + ended);
            hashed.told();
        } finally {
            Files.write(file, right);
            Files.setLastModifiedTime(file, time);
        }
    }

    /** A manifest with a flipped byte is tried with hashes alone: it could name another file that a restore is to write. */
    private static boolean isFlipped(byte[] right, byte[] content) {
        return content != null && content.length == right.length;
    }

    private void restore(String name, Row row) throws Exception {
        row.begin();
        original.forgetRestore();
        var pidFile = directory.resolve("pid");
        Files.deleteIfExists(pidFile);
        var ended = run(
                launcher("restore", image.toString(), "--detach", "--timeout", "20s", "--pidfile", pidFile.toString()));
        if (ended.status() == 0) {
            judge(row, Long.parseLong(Files.readString(pidFile).strip()));
        } else {
            assertTrue(ended.clear(), () -> name + ": " + ended);
            row.told();
            if (ended.status() == DEADLINE) {
                row.note("CRIU hung, and the deadline ended it");
            }
        }
        awaitNothing(name);
        removeWork();
    }

    /** What was restored from a damaged image may be anything. */
    private void judge(Row row, long pid) {
        var restored = original.target().restored(new RestoredProcess(pid));
        try {
            if (!answers(restored)) {
                row.note(Processes.runs(pid) ? "a program that gave no answer" : "a program that crashed");
                return;
            }
            original.assertRight(restored);
            row.ran();
        } catch (AssertionError e) {
            row.note(Processes.runs(pid) ? "a program that answered wrongly" : "a program that crashed");
        } finally {
            if (ProcessView.of(directory).stream().anyMatch(process -> process.pid() == pid)) {
                Processes.end(pid);
            }
        }
    }

    private static boolean answers(Target restored) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
        while (!restored.hasAnswered() && Processes.runs(restored.pid())) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return restored.hasAnswered();
    }

    private void awaitNothing(String name) {
        Await.until(
                "the end of what was restored with another " + name + ": " + ProcessView.of(directory),
                () -> ProcessView.of(directory).isEmpty());
    }
}
