package dev.checkpointer.criu;

import dev.checkpointer.Manifest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SHA-256 hashes of an image's files, in the lines {@code sha256.NAME} of its manifest. The line {@code sha256.manifest} has that of
 * the manifest's other lines. A checkpoint does not compute them, since the program would have to wait for it. Not for use
 * by several threads.
 *
 * @since 0.1.0
 */
public final class ImageHashes {
    private static final String PREFIX = "sha256.";
    private static final int BUFFER = 1 << 20;

    private final Image image;
    private final Map<String, String> noted;

    /**
     * The hashes of an image.
     *
     * @param image the image
     */
    public ImageHashes(Image image) {
        this.image = image;
        this.noted = image.manifest().withPrefix(PREFIX);
    }

    /**
     * Whether there are any to compare with.
     *
     * @return false for an image whose hashes were never noted
     */
    public boolean areNoted() {
        return !noted.isEmpty();
    }

    /**
     * Compares the files with their hashes.
     *
     * @throws EngineException when no hashes were noted, or a file differs or cannot be read
     */
    public void verify() throws EngineException {
        if (!areNoted()) {
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED,
                    "the image in " + image.directory() + " has no hashes to compare with",
                    "Note them with \"checkpointer image verify\" while you know that the image is good, or restore without");
        }
        var damage = damage();
        if (!damage.isEmpty()) {
            throw damage.get(0).in(image.directory());
        }
    }

    /** What differs from its hash; the manifest first, then the files in its order. */
    List<ImageDamage> damage() {
        return Stream.concat(Stream.of(Manifest.FILE), names().stream())
                .parallel()
                .map(this::damage)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<ImageDamage> damage(String name) {
        if (!noted.containsKey(name)) {
            return Optional.of(ImageDamage.hash(name));
        }
        try {
            return noted.get(name).equals(hashOf(name)) ? Optional.empty() : Optional.of(ImageDamage.content(name));
        } catch (UncheckedIOException e) {
            return Optional.of(ImageDamage.unreadable(name, e.getCause().toString()));
        }
    }

    private Set<String> names() {
        return image.manifest().withPrefix("image.").keySet();
    }

    private String hashOf(String name) {
        return name.equals(Manifest.FILE)
                ? hashOfManifest()
                : hash(image.directory().resolve(name));
    }

    /**
     * Computes the hashes, and writes them to the manifest at once.
     *
     * @throws EngineException when a file cannot be read, or the manifest cannot be written
     */
    public void note() throws EngineException {
        var lines = new LinkedHashMap<>(image.manifest().withPrefix(""));
        lines.keySet().removeIf(key -> key.startsWith(PREFIX));
        compute().forEach((name, hash) -> lines.put(PREFIX + name, hash));
        var draft = image.directory().resolve(Manifest.FILE + ".hashes");
        try {
            Manifest.of(lines).write(draft);
            Files.move(
                    draft,
                    image.directory().resolve(Manifest.FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.NOT_WRITABLE,
                    "cannot write the hashes to the manifest of " + image.directory() + ": " + e,
                    "");
        }
    }

    private Map<String, String> compute() throws EngineException {
        var hashes = new ConcurrentHashMap<String, String>();
        try {
            names().parallelStream().forEach(name -> hashes.put(name, hashOf(name)));
        } catch (UncheckedIOException e) {
            throw new EngineException(
                    FailureKind.IMAGE_INCOMPLETE,
                    "cannot read the image in " + image.directory() + ": " + e.getCause(),
                    "");
        }
        var sorted = new LinkedHashMap<String, String>();
        sorted.put(Manifest.FILE, hashOfManifest());
        names().forEach(name -> sorted.put(name, hashes.get(name)));
        return sorted;
    }

    private String hashOfManifest() {
        var text = image.manifest().withPrefix("").entrySet().stream()
                .filter(line -> !line.getKey().startsWith(PREFIX))
                .map(line -> line.getKey() + "=" + line.getValue() + "\n")
                .collect(Collectors.joining());
        return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String hash(Path file) {
        var digest = digest();
        try (var in = Files.newInputStream(file)) {
            var buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
