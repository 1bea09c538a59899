package dev.checkpointer.manager.archive;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The outside of an archive: either zstd, or a line that names the encryption, and the zstd encrypted. The encryption is Tink's
 * AES-GCM-HKDF streaming: nothing of a segment comes out before all of it was found genuine, and so is the end of the archive.
 */
final class Envelope {
    private static final String FAMILY = "checkpointer encrypted archive ";
    private static final byte[] MAGIC = (FAMILY + "1\n").getBytes(StandardCharsets.US_ASCII);

    /** Of a frame (RFC 8878, 3.1.1). */
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    /** JDK 17 compiles the cipher after thousands of calls: in segments of 1 MiB it stays at a twentieth of its speed. */
    private static final int SEGMENT = 4096;

    private static final int AES_KEY_BYTES = 32;

    private Envelope() {}

    /** Closing the result closes the sink. */
    static OutputStream seal(OutputStream sink, ArchiveKey key) throws IOException {
        sink.write(MAGIC);
        try {
            return cipher(key).newEncryptingStream(sink, MAGIC);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has not what the encryption needs", e);
        }
    }

    /** What is in it, as zstd. */
    static InputStream open(InputStream source, Optional<ArchiveKey> key) throws IOException, ManagerException {
        var beginning = source.readNBytes(MAGIC.length);
        if (Arrays.equals(beginning, MAGIC)) {
            return decrypted(source, key.orElseThrow(Envelope::keyMissing));
        }
        if (beginning.length < ZSTD.length || !Arrays.equals(beginning, 0, ZSTD.length, ZSTD, 0, ZSTD.length)) {
            throw unknown(beginning);
        }
        if (key.isPresent()) {
            throw keyUnused();
        }
        return new SequenceInputStream(new ByteArrayInputStream(beginning), source);
    }

    private static InputStream decrypted(InputStream source, ArchiveKey key) throws IOException {
        try {
            return cipher(key).newDecryptingStream(source, MAGIC);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has not what the encryption needs", e);
        }
    }

    private static AesGcmHkdfStreaming cipher(ArchiveKey key) throws GeneralSecurityException {
        return new AesGcmHkdfStreaming(key.secret(), "HmacSha256", AES_KEY_BYTES, SEGMENT, 0);
    }

    private static ManagerException unknown(byte[] beginning) {
        if (new String(beginning, StandardCharsets.US_ASCII).startsWith(FAMILY)) {
            return Refusal.newer("it is encrypted in another way");
        }
        return Refusal.noArchive(beginning.length == 0 ? "it is empty" : "it begins with something else");
    }

    private static ManagerException keyMissing() {
        return new ManagerException(
                Kind.INVALID, "the archive is encrypted", "Give the key file that it was exported with");
    }

    private static ManagerException keyUnused() {
        return new ManagerException(
                Kind.INVALID,
                "the archive is not encrypted, but a key was given",
                "Import it without the key if you trust where it comes from");
    }
}
