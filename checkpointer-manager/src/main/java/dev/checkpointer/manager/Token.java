package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/** What a request through TCP brings along, as {@code Authorization: Bearer TOKEN}. It lies in a file of the daemon's user. */
final class Token {
    private static final int BYTES = 32;

    private final byte[] text;

    private Token(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads it, or makes one. */
    static Optional<Token> of(Optional<Path> place) throws ManagerException {
        var file = place.orElseThrow();
        try {
            if (!Files.exists(file)) {
                var bytes = new byte[BYTES];
                new SecureRandom().nextBytes(bytes);
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(file, HexFormat.of().formatHex(bytes) + "\n");
            }
            var text = Files.readString(file).strip();
            if (text.length() < BYTES) {
                throw new ManagerException(
                        Kind.INVALID,
                        "the token in " + file + " is shorter than " + BYTES + " characters",
                        "Remove it");
            }
            return Optional.of(new Token(text));
        } catch (IOException e) {
            throw new ManagerException(Kind.FAILED, "the token in " + file + " cannot be used: " + e, "", e);
        }
    }

    /** Takes the same time whatever is wrong. */
    boolean isIn(Request request) {
        var header =
                Optional.ofNullable(request.getHeaders().get("Authorization")).orElse("");
        var given = header.startsWith("Bearer ") ? header.substring("Bearer ".length()) : "";
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), text);
    }
}
