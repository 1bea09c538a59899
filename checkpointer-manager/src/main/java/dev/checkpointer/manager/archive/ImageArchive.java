package dev.checkpointer.manager.archive;

import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A finished image as one file: a tar archive in a zstd frame, whose first entry says what the others are. With a key all of it is
 * encrypted. Both directions are streams; memory does not grow with the image. Without a key, an archive tells of damage by itself,
 * but not who made it: whoever can change it decides what a restore of the image runs.
 *
 * <p>The methods have no state; several threads may use them, for different targets.
 *
 * @since 0.1.0
 */
public final class ImageArchive {
    private ImageArchive() {}

    /**
     * Exports an image. Its files are read twice; nothing else is written than the archive. What went out before a failure is no
     * archive that {@link #read} takes.
     *
     * @param image the directory of a finished image, to which nothing writes
     * @param metadata what {@link #read} returns: what JSON can hold
     * @param key to encrypt it, or nothing
     * @param out where it goes; flushed, not closed
     * @throws ManagerException when there is no finished image, it holds something else, changes meanwhile or cannot be read, or
     *     the archive cannot be written
     */
    public static void write(Path image, Map<String, Object> metadata, Optional<ArchiveKey> key, OutputStream out)
            throws ManagerException {
        var manifest = new ImageSurvey(image).of(metadata);
        try {
            new ArchiveWriter(image, manifest).write(out, key);
        } catch (IOException e) {
            throw new ManagerException(
                    Kind.FAILED, "the archive of the image in " + image + " cannot be written: " + e, "", e);
        }
    }

    /**
     * Imports an image. When this returns, the image is the one that was exported, and on the disk. When it throws, nothing of it
     * is left.
     *
     * @param in the archive, to the end of which it is read; not closed
     * @param target a directory that is empty or not there; its parent has to be there. It gets mode 0700, its files 0600
     * @param limits what the image may have
     * @param key the one that the archive was encrypted with; nothing for one that was not
     * @return the metadata
     * @throws ManagerException when the target is not empty, the archive is damaged, forged, encrypted otherwise, too large or no
     *     archive at all, or the image cannot be written
     */
    public static Map<String, Object> read(InputStream in, Path target, Limits limits, Optional<ArchiveKey> key)
            throws ManagerException {
        StagedImage.requireEmpty(target);
        return new ArchiveReader(target, limits).read(in, key);
    }
}
