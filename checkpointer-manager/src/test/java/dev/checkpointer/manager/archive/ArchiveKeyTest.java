package dev.checkpointer.manager.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveKeyTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("key");
    }

    private void write(String text) throws IOException {
        Files.deleteIfExists(file());
        Files.createFile(file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file(), text);
    }

    @Test
    void aNewKeyIsReadAgainAndIsItsOwnersAlone() throws Exception {
        var key = ArchiveKey.create(file());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        var lines = Files.readAllLines(file());
        assertEquals(1, lines.size());
        assertArrayEquals(Base64.getDecoder().decode(lines.get(0)), key.secret());
        assertArrayEquals(key.secret(), ArchiveKey.read(file()).secret());
        assertEquals(32, key.secret().length);
    }

    @Test
    void aKeyIsNeverReplaced() throws Exception {
        ArchiveKey.create(file());
        var before = Files.readString(file());
        assertEquals(
                Kind.CONFLICT,
                assertThrows(ManagerException.class, () -> ArchiveKey.create(file()))
                        .kind());
        assertEquals(before, Files.readString(file()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rw-----w-"})
    void aKeyThatOthersMayReadOrChangeIsRefused(String mode) throws Exception {
        ArchiveKey.create(file());
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));
        var failure = assertThrows(ManagerException.class, () -> ArchiveKey.read(file()));
        assertEquals(Kind.FORBIDDEN, failure.kind());
        assertTrue(failure.getMessage().startsWith("others may read or change the key file " + file()));
        assertTrue(failure.remedy().contains("chmod 600"), failure.remedy());
    }

    @Test
    void whatIsNoKeyIsRefused() throws Exception {
        assertNoKey("", "it has 0 bytes instead of 32");
        assertNoKey(Base64.getEncoder().encodeToString(new byte[31]) + "\n", "it has 31 bytes instead of 32");
        assertNoKey(Base64.getEncoder().encodeToString(new byte[33]) + "\n", "it has 33 bytes instead of 32");
        assertNoKey("!".repeat(44) + "\n", "it is not one line of Base64");
        var good = Base64.getEncoder().encodeToString(new byte[32]);
        assertNoKey(good + "\n" + good + "\n", "it is not one line of Base64");
        assertNoKey(good + "\n\n", "it is not one line of Base64");
        write(good);
        assertArrayEquals(new byte[32], ArchiveKey.read(file()).secret());
    }

    private void assertNoKey(String text, String why) throws IOException {
        write(text);
        var failure = assertThrows(ManagerException.class, () -> ArchiveKey.read(file()));
        assertEquals("the key file " + file() + " is no key: " + why, failure.getMessage());
    }

    @Test
    void aKeyThatIsNotThereIsToldAsMissing() {
        assertEquals(
                Kind.MISSING,
                assertThrows(ManagerException.class, () -> ArchiveKey.read(file()))
                        .kind());
        var failure = assertThrows(ManagerException.class, () -> ArchiveKey.read(directory));
        assertEquals("the key file " + directory + " is no key: it is no file", failure.getMessage());
    }
}
