package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code checkpointer image verify}. It looks at the files of the manifest alone, whatever they hold. */
class ImageVerifyTest {
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
