package dev.checkpointer.manager.archive;

import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * The secret that archives are encrypted with: 32 random bytes, in a file as one line of Base64 that its owner alone may read. Who
 * has it reads every archive that was made with it, and makes new ones. Immutable.
 *
 * @since 0.1.0
 */
public final class ArchiveKey {
    private static final int BYTES = 32;
    private static final int MOST_FILE_BYTES = 1024;
    private static final int OTHERS = 077;
    private static final int PERMISSIONS = 07777;
    private static final String MAKE_ONE = "Name a key file that checkpointer made, or make a new one";

    private final byte[] secret;

    private ArchiveKey(byte[] secret) {
        this.secret = secret;
    }

    /**
     * Reads a key.
     *
     * @param file its file
     * @return the key
     * @throws ManagerException when it is not there, others may read or write it, or it is no key
     */
    public static ArchiveKey read(Path file) throws ManagerException {
        try {
            if (!Files.isRegularFile(file)) {
                throw Files.exists(file)
                        ? noKey("the key file " + file, "it is no file")
                        : new ManagerException(Kind.MISSING, "there is no key file " + file, MAKE_ONE);
            }
            requireSecret(file);
            byte[] text;
            try (var in = Files.newInputStream(file)) {
                text = in.readNBytes(MOST_FILE_BYTES);
            }
            return of("the key file " + file, new String(text, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            throw new ManagerException(Kind.MISSING, "there is no key file " + file, MAKE_ONE, e);
        } catch (IOException e) {
            throw new ManagerException(
                    Kind.FAILED, "the key file " + file + " cannot be read: " + e, "Read it as its owner", e);
        }
    }

    private static void requireSecret(Path file) throws IOException, ManagerException {
        int mode = (int) Files.getAttribute(file, "unix:mode") & PERMISSIONS;
        if ((mode & OTHERS) != 0) {
            throw new ManagerException(
                    Kind.FORBIDDEN,
                    "others may read or change the key file " + file + " (mode " + Integer.toOctalString(mode) + ")",
                    "If nobody did, chmod 600 " + file + "; otherwise make a new key");
        }
    }

    /**
     * The key that another process has read.
     *
     * @param text what {@link #text} returned there
     * @return the key
     * @throws ManagerException when it is no key
     */
    public static ArchiveKey parse(String text) throws ManagerException {
        return of("what was sent", text);
    }

    /**
     * The key as a line of text, as secret as the key.
     *
     * @return Base64
     */
    public String text() {
        return Base64.getEncoder().encodeToString(secret);
    }

    private static ArchiveKey of(String what, String text) throws ManagerException {
        var line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(line);
        } catch (IllegalArgumentException e) {
            throw noKey(what, "it is not one line of Base64");
        }
        if (secret.length != BYTES) {
            throw noKey(what, "it has " + secret.length + " bytes instead of " + BYTES);
        }
        return new ArchiveKey(secret);
    }

    private static ManagerException noKey(String what, String why) {
        return new ManagerException(Kind.INVALID, what + " is no key: " + why, MAKE_ONE);
    }

    /**
     * Makes a key, and a file with mode 0600 for it.
     *
     * @param file where there is none yet
     * @return the key, which is on the disk then
     * @throws ManagerException when there is something already, or the file cannot be written
     */
    public static ArchiveKey create(Path file) throws ManagerException {
        var secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        var line = Base64.getEncoder().encodeToString(secret) + "\n";
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
            var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (FileAlreadyExistsException e) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "there is a file " + file + " already",
                    "Name another one: without its key no archive can be read",
                    e);
        } catch (IOException e) {
            throw new ManagerException(Kind.FAILED, "the key file " + file + " cannot be written: " + e, "", e);
        }
        return new ArchiveKey(secret);
    }

    byte[] secret() {
        return secret.clone();
    }
}
