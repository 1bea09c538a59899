package dev.checkpointer.criu;

import dev.checkpointer.Manifest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A finished image, compared with its hashes, or with the sizes alone where it had none yet.
 *
 * @param directory the image
 * @param files how many files it has, without the manifest
 * @param compared whether there were hashes to compare with; if not, and nothing is wrong, they were noted now
 * @param damage what is wrong, each file once; empty when nothing is
 * @since 0.1.0
 */
public record ImageVerification(Path directory, int files, boolean compared, List<ImageDamage> damage) {
    /**
     * The list is copied.
     *
     * @param directory the image
     * @param files how many files it has, without the manifest
     * @param compared whether there were hashes to compare with
     * @param damage what is wrong
     */
    public ImageVerification {
        damage = List.copyOf(damage);
    }

    /**
     * Compares an image with its hashes, or notes them. Two of these must not work on one image at the same time.
     *
     * @param named its directory
     * @param trust also an image that others could have changed
     * @return the result; an image that is damaged is one
     * @throws EngineException when there is no finished image, its manifest cannot be understood, others could have changed it, or
     *     the hashes cannot be noted
     */
    public static ImageVerification of(Path named, boolean trust) throws EngineException {
        var directory = named.toAbsolutePath();
        try {
            var image = Image.finished(directory);
            if (!trust) {
                image.requireTrusted();
            }
            var damage = new ArrayList<>(image.sizes());
            if (damage.isEmpty() && !image.hasPid()) {
                damage.add(new ImageDamage(Manifest.FILE, ImageDamage.Kind.UNREADABLE, Manifest.FILE + " has no PID"));
            }
            var hashes = new ImageHashes(image);
            boolean compared = hashes.areNoted();
            if (compared) {
                damage.addAll(others(hashes.damage(), damage));
            } else if (damage.isEmpty()) {
                hashes.note();
            }
            int files = image.manifest().withPrefix("image.").size();
            return new ImageVerification(directory, files, compared, damage);
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED, "cannot read " + directory + ": " + e, "Ask as its owner, or as root");
        }
    }

    private static List<ImageDamage> others(List<ImageDamage> found, List<ImageDamage> known) {
        var files = known.stream().map(ImageDamage::file).collect(Collectors.toSet());
        return found.stream().filter(damage -> !files.contains(damage.file())).toList();
    }

    /**
     * Whether the image is as it was.
     *
     * @return true when nothing is wrong
     */
    public boolean ok() {
        return damage.isEmpty();
    }

    /**
     * As JSON has it, in the answers of the daemon and of the command alike.
     *
     * @return {@code directory}, {@code files}, {@code compared}, {@code ok} and {@code differences}, each of these with
     *     {@code file}, {@code kind} and {@code message}
     */
    public Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        document.put("directory", directory.toString());
        document.put("files", files);
        document.put("compared", compared);
        document.put("ok", ok());
        document.put("differences", damage.stream().map(ImageDamage::document).toList());
        return document;
    }
}
