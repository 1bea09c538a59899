package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Where images live. An image is there as a whole or not at all. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public interface ImageStore {
    /**
     * The finished images.
     *
     * @return the oldest first
     */
    List<StoredImage> list();

    /**
     * Makes room for an image that is about to be written.
     *
     * @param draft what it will be; its sizes do not count
     * @return a directory on this machine in which there is none yet; the image is to be made there
     * @throws IOException when there is no room
     */
    Path reserve(StoredImage draft) throws IOException;

    /**
     * Takes in what was written into the reserved directory.
     *
     * @param id the image
     * @return the same with its sizes
     * @throws IOException when it is not finished, or cannot be stored; what was reserved stays
     */
    StoredImage commit(String id) throws IOException;

    /**
     * Gives a finished image to a restore on this machine.
     *
     * @param id the image
     * @return its directory, until the image is removed
     * @throws IOException when it is not there
     */
    Path open(String id) throws IOException;

    /**
     * Names a finished image.
     *
     * @param id the image
     * @param tags all of its names
     * @return the same with these
     * @throws IOException when it cannot be stored
     */
    StoredImage tag(String id, Set<String> tags) throws IOException;

    /**
     * Removes an image, or what was reserved for one.
     *
     * @param id the image; it need not exist
     * @throws IOException when it cannot be removed; it is not listed any more all the same
     */
    void remove(String id) throws IOException;
}
