package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.manager.Daemon;
import dev.checkpointer.manager.DaemonOptions;
import dev.checkpointer.manager.StoredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code checkpointer image verify}. It looks at the files of the manifest alone, whatever they hold. */
class ImageVerifyTest {
    private static final StoredImage STORED = new StoredImage(
            "aabbccddeeff",
            Instant.EPOCH,
            "java",
            List.of("java"),
            Optional.empty(),
            Map.of(),
            0,
            5,
            true,
            Set.of("web:1"));

    @TempDir
    Path directory;

    private Path image;

    @BeforeEach
    void makeAnImage() throws IOException {
        image = Files.createDirectory(directory.resolve("image"));
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(image.resolve("core-7.img"), "seven");
        Files.writeString(image.resolve("pages-1.img"), "");
        Files.writeString(
                image.resolve("manifest"), "format=1\npid=7\nlater=unknown\nimage.core-7.img=5\nimage.pages-1.img=0\n");
    }

    @Test
    void theFirstNotesAndTheNextCompares() throws Exception {
        var first = verify();
        assertEquals(0, first.status(), first.errors());
        assertEquals(
                image + ": noted the hashes of 2 files; from now on a verify compares with them\n", first.output());
        var manifest = Files.readString(image.resolve("manifest"));
        assertTrue(manifest.startsWith("format=1\npid=7\nlater=unknown\nimage.core-7.img=5\n"), manifest);
        // As sha256sum(1) computes them.
        assertTrue(
                manifest.contains(
                        "\nsha256.pages-1.img=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"),
                manifest);
        assertEquals(image + ": 2 files are as they were when their hashes were noted\n", verify().output());
        assertEquals(true, verify("--json").json().get("compared"));
        assertEquals(manifest, Files.readString(image.resolve("manifest")));

        Files.writeString(image.resolve("core-7.img"), "SEVEN");
        var changed = verify();
        assertEquals(111, changed.status());
        assertEquals(
                "checkpointer: the image in " + image
                        + " is damaged: core-7.img has not the content that it had when its hash was noted\n"
                        + "  Copy the image again, or make the checkpoint again.\n",
                changed.errors());
    }

    @Test
    void allThatIsWrongIsTold() throws Exception {
        verify();
        Files.writeString(image.resolve("core-7.img"), "SEVEN");
        Files.delete(image.resolve("pages-1.img"));
        var damaged = verify("--json");
        assertEquals(111, damaged.status());
        assertEquals(false, damaged.json().get("ok"));
        assertEquals(
                List.of("pages-1.img missing", "core-7.img content"),
                Cli.objects(damaged.json().get("differences")).stream()
                        .map(difference -> difference.get("file") + " " + difference.get("kind"))
                        .toList());
        assertEquals(
                List.of(
                        "checkpointer: the image in " + image
                                + " is damaged: pages-1.img has not the size of 0 bytes that it"
                                + " had when the image was finished, and 1 file more",
                        "  Copy the image again, or make the checkpoint again.",
                        "  core-7.img has not the content that it had when its hash was noted"),
                damaged.errors().lines().toList());

        Files.writeString(
                image.resolve("manifest"),
                Files.readString(image.resolve("manifest")).replace("image.pages-1.img=0\n", ""));
        assertEquals(
                List.of("manifest content", "core-7.img content"),
                Cli.objects(verify("--json").json().get("differences")).stream()
                        .map(difference -> difference.get("file") + " " + difference.get("kind"))
                        .toList());
    }

    @Test
    void damagedImageGetsNoHashes() throws Exception {
        Files.writeString(image.resolve("core-7.img"), "eight");
        Files.writeString(image.resolve("pages-1.img"), "more");
        var damaged = verify("--json");
        assertEquals(111, damaged.status());
        assertEquals(false, damaged.json().get("compared"));
        assertFalse(Files.readString(image.resolve("manifest")).contains("sha256"));
    }

    @Test
    void daemonLooksAtItsImages() throws Exception {
        var state = directory.resolve("state");
        var kept = Files.createDirectories(state.resolve("images/aabbccddeeff"));
        Files.move(image, kept.resolve("image"));
        image = kept.resolve("image");
        Files.writeString(kept.resolve("image.json"), JSON.std.asString(STORED.document()));
        var socket = directory.resolve("d.sock");
        System.setProperty("checkpointer.socket", socket.toString());
        try {
            var options = new DaemonOptions(
                    state, socket, Path.of("checkpointer"), OptionalInt.empty(), Optional.empty(), 1L << 20);
            try (var daemon = new Daemon(options)) {
                assertEquals(0, daemon.port());
                daemonAnswersAsForADirectory();
            }
            var absent = Cli.run("image", "verify", "aabb");
            assertEquals(111, absent.status());
            assertTrue(absent.errors().contains("/aabb, and no daemon answers at " + socket), absent.errors());
        } finally {
            System.clearProperty("checkpointer.socket");
        }
    }

    private void daemonAnswersAsForADirectory() throws Exception {
        var first = Cli.run("image", "verify", "aabb");
        assertEquals(0, first.status(), first.errors());
        assertEquals(
                image + ": noted the hashes of 2 files; from now on a verify compares with them\n", first.output());
        assertEquals(verify().output(), Cli.run("image", "verify", "web:1").output());
        var answer = Cli.run("image", "verify", "aabbccddeeff", "--json").json();
        assertEquals("aabbccddeeff", answer.remove("image"));
        var same = verify("--json").json();
        same.remove("image");
        assertEquals(same, answer);

        Files.writeString(image.resolve("core-7.img"), "SEVEN");
        var damaged = Cli.run("image", "verify", "web:1");
        assertEquals(111, damaged.status());
        assertEquals(verify().errors(), damaged.errors());
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(112, Cli.run("image", "verify", "web:1").status());
        assertEquals(111, Cli.run("image", "verify", "web:1", "--trust").status());
        Files.writeString(image.resolve("manifest"), "no manifest");
        assertEquals(111, Cli.run("image", "verify", "web:1", "--trust").status());
        var missing = Cli.run("image", "verify", "web:2");
        assertEquals(111, missing.status());
        assertTrue(missing.errors().contains("/web:2, and there is no image 'web:2'"), missing.errors());
    }

    @Test
    void whatOthersCouldHaveChangedIsNotVouchedFor() throws Exception {
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwxrwxrwx"));
        var refused = verify();
        assertEquals(112, refused.status());
        assertTrue(
                refused.errors().contains("others may read or change the image in " + image + " (mode 777)"),
                refused.errors());
        assertEquals(0, verify("--trust").status());
    }

    @Test
    void badInputIsToldInTwoLines() {
        for (var arguments : new String[][] {
            {"image"},
            {"image", "verify"},
            {"image", "verify", ""},
            {"image", "polish", "x"},
            {"image", "verify", "a", "b"}
        }) {
            var ended = Cli.run(arguments);
            assertEquals(2, ended.status(), String.join(" ", arguments));
            assertEquals(2, ended.errors().lines().count(), ended.errors());
        }
        var missing = Cli.run("image", "verify", directory.resolve("nothing").toString());
        assertEquals(111, missing.status());
        assertTrue(missing.errors().contains("there is no directory"), missing.errors());
    }

    private Cli verify(String... options) {
        var arguments = new String[options.length + 3];
        arguments[0] = "image";
        arguments[1] = "verify";
        arguments[2] = image.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return Cli.run(arguments);
    }
}
