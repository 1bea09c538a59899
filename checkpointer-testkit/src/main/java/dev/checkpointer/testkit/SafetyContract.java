package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.MachineDifference;
import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The part of the contract that is about images that must not be restored.
 *
 * @since 0.1.0
 */
public abstract class SafetyContract extends ArgumentsContract {
    /** For {@link LazyContract}. */
    SafetyContract() {}

    @Test
    void missingEmptyAndForeignDirectoriesAreRefused() throws Exception {
        assertRefused(directory.resolve("missing"), FailureKind.IMAGE_INCOMPLETE, "there is no directory");
        var empty = Files.createDirectory(directory.resolve("empty"));
        assertRefused(empty, FailureKind.IMAGE_INCOMPLETE, "is empty");
        var foreign = Files.createDirectory(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("letter.txt"), "hello");
        assertRefused(foreign, FailureKind.IMAGE_INCOMPLETE, "is not an image of checkpointer");
        Files.writeString(foreign.resolve(Manifest.DRAFT), "format=1\n");
        assertRefused(foreign, FailureKind.IMAGE_INCOMPLETE, "was not finished");
    }

    @Test
    void damagedImagesAreRefused() throws Exception {
        var target = start();
        dump(target);
        var pages = image().resolve("pages-1.img");
        var content = Files.readAllBytes(pages);
        Files.write(pages, Arrays.copyOf(content, content.length / 2));
        assertRefused(image(), FailureKind.IMAGE_INCOMPLETE, "is damaged: pages-1.img");
        Files.delete(pages);
        assertRefused(image(), FailureKind.IMAGE_INCOMPLETE, "is damaged: pages-1.img");
        Files.write(pages, content);
        var manifest = image().resolve(Manifest.FILE);
        Files.writeString(manifest, Files.readString(manifest).replace("format=1\n", "format=999\n"));
        assertRefused(image(), FailureKind.IMAGE_REFUSED, "has format 999");
        Files.writeString(manifest, Files.readString(manifest).replace("format=999\n", "format=1\n"));
        assertEquals("RESTORED", restored(target).answer());
    }

    @Test
    void imageThatOthersCouldHaveChangedIsRefused() throws Exception {
        var target = start();
        dump(target);
        Files.setPosixFilePermissions(image(), PosixFilePermissions.fromString("rwxr-x---"));
        assertRefused(
                image(),
                FailureKind.IMAGE_REFUSED,
                "others may read or change the image in " + image() + " (mode 750)");
        Files.setPosixFilePermissions(image(), PosixFilePermissions.fromString("rwx------"));

        var link = Files.createSymbolicLink(directory.resolve("link"), image());
        assertRefused(link, FailureKind.IMAGE_REFUSED, link + " is a symbolic link");

        var elsewhere = directory.resolve("elsewhere.img");
        Files.move(image().resolve("pages-1.img"), elsewhere);
        Files.createSymbolicLink(image().resolve("pages-1.img"), elsewhere);
        assertRefused(image(), FailureKind.IMAGE_REFUSED, "pages-1.img is a symbolic link");

        assertEquals(
                "RESTORED", restored(target, request -> request.trust(true)).answer());
    }

    @Test
    void imageOfAnotherUserIsRefused() throws Exception {
        assumeTrue(OrdinaryUser.obstacle(directory).isEmpty(), OrdinaryUser.obstacle(directory)::toString);
        var target = start();
        dump(target);
        var pages = image().resolve("pages-1.img");
        Files.setAttribute(pages, "unix:uid", 65534);
        assertRefused(
                image(),
                FailureKind.IMAGE_REFUSED,
                "pages-1.img in the image in " + image() + " belongs to another user");
        Files.setAttribute(pages, "unix:uid", 0);
        Files.setAttribute(image(), "unix:uid", 65534);
        assertRefused(image(), FailureKind.IMAGE_REFUSED, "belongs to user 65534, who would get the rights of root");
        assertEquals(
                "RESTORED", restored(target, request -> request.trust(true)).answer());
    }

    @Test
    void machineThatDiffersIsRefusedUnlessThatIsIgnored() throws Exception {
        var used = Files.writeString(directory.resolve("used.txt"), "as it was");
        var target = start();
        dump(target);
        var manifest = image().resolve(Manifest.FILE);
        var text = Files.readString(manifest)
                .replaceAll("(?m)^boot=.*$", "boot=another")
                .replaceAll("(?m)^cpu=", "cpu=fast-feature ")
                .replaceAll("(?m)^kernel=.*$", "kernel=99.1.0")
                .replaceAll("(?m)^engine\\.version=.*$", "engine.version=99.0")
                .replaceAll("(?m)^(file\\.[0-9]+)=[0-9]+ ([0-9]+) (.*libjvm.so)$", "$1=1 $2 $3");
        Files.writeString(manifest, text + "file.1000=1 - " + used + "\nfile.1001=1 1 " + directory + "/gone.jar\n");
        var message = message(assertThrows(EngineException.class, () -> restore(image())));
        for (var part : List.of(
                "does not fit this machine",
                "this processor lacks: fast-feature",
                "is older than 99.1.0, on which the image was written",
                "is older than 99.0, which wrote the image",
                "the JDK in ",
                used + " has changed since the checkpoint",
                "gone.jar is missing")) {
            assertTrue(message.contains(part), message);
        }
        var some = RestoreRequest.builder(image())
                .engine(engine())
                .ignore(MachineDifference.CPU, MachineDifference.JDK, MachineDifference.FILES)
                .build();
        message = message(assertThrows(EngineException.class, () -> Checkpointer.restore(some)));
        assertTrue(message.contains("99.1.0") && message.contains("99.0, which"), message);
        for (var ignored : List.of("fast-feature", "the JDK in ", "used.txt", "gone.jar")) {
            assertTrue(!message.contains(ignored), message);
        }
        assertEquals(
                "RESTORED",
                restored(target, request -> request.ignore(MachineDifference.values()))
                        .answer());
    }

    private static String message(EngineException e) {
        return e.getMessage() + "\n" + String.join("\n", e.logLines());
    }

    @Test
    void changedContentIsNoticedWhenAsked() throws Exception {
        var target = start();
        dump(target);
        var verifying =
                RestoreRequest.builder(image()).engine(engine()).verify(true).build();
        var none = assertThrows(EngineException.class, () -> Checkpointer.restore(verifying));
        assertEquals(FailureKind.IMAGE_REFUSED, none.kind());
        assertTrue(none.getMessage().contains("has no hashes to compare with"), none::getMessage);
        noteHashes();

        var pages = image().resolve("pages-1.img");
        var content = Files.readAllBytes(pages);
        flip(pages, content);
        assertDamaged(verifying, "pages-1.img has not the content");
        Files.write(pages, content);
        var manifest = Files.readString(image().resolve(Manifest.FILE));
        Files.writeString(image().resolve(Manifest.FILE), manifest.replace("shell.job=", "shell.jab="));
        assertDamaged(verifying, "manifest has not the content");
        Files.writeString(image().resolve(Manifest.FILE), manifest.replaceAll("(?m)^sha256\\.pages-1\\.img=.*\n", ""));
        assertDamaged(verifying, "there is no hash of pages-1.img");
        Files.writeString(image().resolve(Manifest.FILE), manifest);
        assertEquals(
                "RESTORED", restored(target, request -> request.verify(true)).answer());
    }

    private static void flip(Path file, byte[] content) throws IOException {
        var other = content.clone();
        other[content.length / 2] ^= 1;
        Files.write(file, other);
    }

    private static void assertDamaged(RestoreRequest request, String message) {
        var exception = assertThrows(EngineException.class, () -> Checkpointer.restore(request));
        assertEquals(FailureKind.IMAGE_INCOMPLETE, exception.kind(), exception::getMessage);
        assertTrue(exception.getMessage().contains("is damaged: "), exception::getMessage);
        assertTrue(exception.getMessage().contains(message), exception::getMessage);
    }

    /** As the command does it. */
    private void noteHashes() throws IOException {
        var manifest = image().resolve(Manifest.FILE);
        var text = Files.readString(manifest);
        var hashes = text.lines()
                .filter(line -> line.startsWith("image."))
                .map(line -> line.substring("image.".length(), line.indexOf('=')))
                .map(name -> "sha256." + name + "=" + hash(image().resolve(name)) + "\n")
                .collect(Collectors.joining());
        var own = "sha256.manifest=" + hash(manifest) + "\n";
        Files.writeString(manifest, text + own + hashes);
    }

    private static String hash(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Target restored(Target target, UnaryOperator<RestoreRequest.Builder> options) throws EngineException {
        return kept(target.restored(
                Checkpointer.restore(options.apply(request(image())).build())));
    }
}
