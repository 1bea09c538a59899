package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import dev.checkpointer.manager.archive.ArchiveKey;
import dev.checkpointer.manager.archive.ImageArchive;
import dev.checkpointer.manager.archive.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The images of a daemon, by the names that its users have for them. Safe for use by several threads. */
final class Images {
    private static final Pattern TAG = Pattern.compile("[A-Za-z_][A-Za-z0-9_.:-]{0,127}");

    private static final long RESERVE = 64L << 20;
    private static final Limits LIMITS = new Limits(1L << 42, Limits.MOST_FILES, RESERVE);

    private final ImageStore store;
    private final Events events;

    Images(ImageStore store, Events events) {
        this.store = store;
        this.events = events;
    }

    List<StoredImage> list() {
        return store.list();
    }

    /** By id, beginning of an id, tag, or directory. */
    StoredImage find(String word) throws ManagerException {
        return Names.find("image", word, list(), StoredImage::id, image -> called(image, word));
    }

    private boolean called(StoredImage image, String word) {
        try {
            return image.tags().contains(word)
                    || word.startsWith("/") && store.open(image.id()).equals(Path.of(word));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    /** As one file, encrypted where there is a key. */
    void export(StoredImage image, Optional<ArchiveKey> key, OutputStream output) throws ManagerException {
        try {
            ImageArchive.write(store.open(image.id()), image.document(), key, output);
        } catch (IOException e) {
            throw new ManagerException(Kind.MISSING, "image " + image.id() + " was removed: " + e.getMessage(), "");
        }
    }

    /** Takes in what {@link #export} made, here or on another machine; it gets a new id. */
    StoredImage take(InputStream input, Optional<ArchiveKey> key) throws ManagerException {
        var id = Names.newId();
        boolean taken = false;
        try {
            var place = new StoredImage(
                    id, Instant.now(), "?", List.of("?"), Optional.empty(), Map.of(), 0, 0, false, Set.of());
            var metadata = ImageArchive.read(input, store.reserve(place), LIMITS, key);
            store.reserve(StoredImage.of(metadata).withId(id).withTags(Set.of()));
            var image = store.commit(id);
            taken = true;
            events.tell("image.imported", id, "");
            return image;
        } catch (IOException e) {
            throw new ManagerException(Kind.FAILED, "the image cannot be taken in: " + e.getMessage(), "", e);
        } finally {
            if (!taken) {
                forget(id);
            }
        }
    }

    private void forget(String id) {
        try {
            store.remove(id);
        } catch (IOException e) {
            events.tell("image.left", id, e.toString());
        }
    }

    /** Removes those that have no tag, and from which none of the services would come back. */
    List<StoredImage> prune(Set<String> used) throws ManagerException {
        var removed = new ArrayList<StoredImage>();
        for (var image : list()) {
            if (image.tags().isEmpty() && !used.contains(image.id())) {
                remove(image);
                removed.add(image);
            }
        }
        return removed;
    }

    void remove(StoredImage image) throws ManagerException {
        try {
            store.remove(image.id());
        } catch (IOException e) {
            throw new ManagerException(Kind.FAILED, "image " + image.id() + " cannot be removed: " + e, "");
        }
        events.tell("image.removed", image.id(), "");
    }

    /** Adds a name, which another image loses with that. */
    StoredImage tag(StoredImage image, String tag) throws ManagerException {
        if (!TAG.matcher(tag).matches()) {
            throw Fields.invalid(
                    "'" + tag + "' is no tag: letters, digits, and _ . : - after the first letter, 128 at most");
        }
        try {
            for (var other : list()) {
                if (other.tags().contains(tag) && !other.id().equals(image.id())) {
                    store.tag(other.id(), without(other.tags(), tag));
                }
            }
            var tags = new TreeSet<>(image.tags());
            tags.add(tag);
            var tagged = store.tag(image.id(), tags);
            events.tell("image.tagged", image.id(), tag);
            return tagged;
        } catch (IOException e) {
            throw new ManagerException(Kind.FAILED, "image " + image.id() + " cannot be tagged: " + e, "");
        }
    }

    private static Set<String> without(Set<String> tags, String tag) {
        var others = new TreeSet<>(tags);
        others.remove(tag);
        return others;
    }
}
