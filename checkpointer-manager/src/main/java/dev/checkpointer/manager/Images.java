package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The images of a daemon, by the names that its users have for them. Safe for use by several threads. */
final class Images {
    private static final Pattern TAG = Pattern.compile("[A-Za-z_][A-Za-z0-9_.:-]{0,127}");

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
