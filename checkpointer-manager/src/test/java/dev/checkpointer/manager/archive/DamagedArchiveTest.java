package dev.checkpointer.manager.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that were good once. */
class DamagedArchiveTest {
    private static final int[] FLIPS = {0x01, 0x10, 0x80, 0xff};

    @TempDir
    Path directory;

    private Path image;
    private Path target;
    private ArchiveKey key;

    @BeforeEach
    void makeImage() throws Exception {
        image = SmallImage.create(directory.resolve("image"));
        target = directory.resolve("target");
        key = ArchiveKey.create(directory.resolve("key"));
    }

    private Optional<ArchiveKey> key(boolean encrypted) {
        return Optional.of(key).filter(any -> encrypted);
    }

    private ManagerException refused(byte[] archive, Optional<ArchiveKey> with) {
        var failure = assertThrows(ManagerException.class, () -> SmallImage.unpack(archive, target, with));
        assertFalse(Files.exists(target), failure.getMessage());
        assertEquals(Kind.INVALID, failure.kind(), failure.getMessage());
        return failure;
    }

    @Test
    void aChangedByteNeverGivesAnotherImage() throws Exception {
        var archive = SmallImage.archive(image, Optional.empty());
        var good = SmallImage.content(image);
        int harmless = 0;
        for (int i = 0; i < archive.length; i++) {
            for (int flip : FLIPS) {
                var changed = archive.clone();
                changed[i] ^= (byte) flip;
                try {
                    assertEquals(
                            SmallImage.METADATA, SmallImage.unpack(changed, target, Optional.empty()), "byte " + i);
                } catch (ManagerException e) {
                    assertEquals(Kind.INVALID, e.kind(), e.getMessage());
                    assertFalse(Files.exists(target), "byte " + i);
                    continue;
                }
                harmless++;
                assertEquals(good, SmallImage.content(target), "byte " + i);
                for (var name : SmallImage.names(target)) {
                    Files.delete(target.resolve(name));
                }
                Files.delete(target);
            }
        }
        // Compressed data can say the same in more than one way, and does so for some of these changes.
        assertTrue(harmless < archive.length * FLIPS.length / 50, harmless + " changes were not seen");
    }

    @Test
    void aChangedByteOfAnEncryptedArchiveIsAlwaysSeen() throws Exception {
        var archive = SmallImage.archive(image, key(true));
        for (int i = 0; i < archive.length; i++) {
            for (int flip : FLIPS) {
                var changed = archive.clone();
                changed[i] ^= (byte) flip;
                var failure = refused(changed, key(true));
                assertTrue(
                        i < 33 || failure.getMessage().startsWith("the archive cannot be decrypted"),
                        i + ": " + failure.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArchiveThatWasCutOffIsRefusedWhereverThatWas(boolean encrypted) throws Exception {
        var archive = SmallImage.archive(image, key(encrypted));
        for (int length = 0; length < archive.length; length++) {
            refused(Arrays.copyOf(archive, length), key(encrypted));
        }
    }

    /** Of which the parts are genuine each by itself. */
    @Test
    void segmentsOfAnEncryptedArchiveCannotBeTakenAwayOrSwapped() throws Exception {
        var memory = new byte[64 << 10];
        new Random(1).nextBytes(memory);
        Files.write(image.resolve("pages-1.img"), memory);
        SmallImage.finish(image);
        var archive = SmallImage.archive(image, key(true));
        int first = 33;
        int segment = 4096;
        for (int i = 0; i < 4; i++) {
            int from = first + segment * (i + 1);
            refused(Arrays.copyOf(archive, from), key(true));
            var without = SmallImage.joined(
                    Arrays.copyOf(archive, from), Arrays.copyOfRange(archive, from + segment, archive.length));
            refused(without, key(true));
            var swapped = archive.clone();
            System.arraycopy(archive, from, swapped, from + segment, segment);
            System.arraycopy(archive, from + segment, swapped, from, segment);
            refused(swapped, key(true));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArchiveWithSomethingBehindItIsRefused(boolean encrypted) throws Exception {
        var archive = SmallImage.archive(image, key(encrypted));
        refused(SmallImage.joined(archive, new byte[1]), key(encrypted));
        refused(SmallImage.joined(archive, new byte[5000]), key(encrypted));
        refused(SmallImage.joined(archive, archive), key(encrypted));
        refused(SmallImage.joined(archive, Zstd.compress(new byte[512])), key(encrypted));
    }

    @Test
    void anotherKeyIsToldInOneSentence() throws Exception {
        var archive = SmallImage.archive(image, key(true));
        var other = Optional.of(ArchiveKey.create(directory.resolve("other")));
        assertEquals(
                "the archive cannot be decrypted: it was encrypted with another key, or changed or cut off since then",
                refused(archive, other).getMessage());
    }

    @Test
    void aKeyTooManyOrTooFewIsTold() throws Exception {
        assertEquals(
                "the archive is encrypted",
                refused(SmallImage.archive(image, key(true)), Optional.empty()).getMessage());
        assertEquals(
                "the archive is not encrypted, but a key was given",
                refused(SmallImage.archive(image, Optional.empty()), key(true)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsNoArchiveIsTold(boolean encrypted) throws Exception {
        assertEquals(
                "this is no archive of checkpointer: it is empty",
                refused(new byte[0], key(encrypted)).getMessage());
        assertEquals(
                "this is no archive of checkpointer: it begins with something else",
                refused(SmallImage.text("PK\3\4 and so on"), key(encrypted)).getMessage());
        assertTrue(refused(SmallImage.text("checkpointer encrypted archive 2\nxyz"), key(encrypted))
                .getMessage()
                .contains("newer version"));
    }

    @Test
    void damageIsNotTakenForAWrongKey() throws Exception {
        var archive = SmallImage.archive(image, Optional.empty());
        archive[archive.length / 2] ^= 1;
        assertTrue(refused(archive, Optional.empty()).getMessage().startsWith("the archive is damaged: "));
    }
}
