package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Images in directories of this machine: in {@code ID/image} the image, in {@code ID/image.json} what it is. It is finished when
 * it has a manifest, whatever else was noted. The descriptions are kept in memory; nobody else writes them.
 */
final class DirectoryImageStore implements ImageStore {
    private static final String DESCRIPTION = "image.json";

    private final Path root;
    private final Map<String, StoredImage> images = new ConcurrentHashMap<>();

    DirectoryImageStore(Path root) throws IOException {
        this.root = Documents.directory(root);
        try (var directories = Files.newDirectoryStream(root)) {
            for (var directory : directories) {
                described(directory).ifPresent(image -> images.put(image.id(), image));
            }
        }
    }

    /** What somebody else put there is left alone. */
    private static Optional<StoredImage> described(Path directory) {
        try {
            var image = StoredImage.of(Documents.read(directory.resolve(DESCRIPTION)));
            return directory.endsWith(image.id()) ? Optional.of(image) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<StoredImage> list() {
        return images.values().stream()
                .filter(image -> listed(image.id()))
                .sorted(Comparator.comparing(StoredImage::created).thenComparing(StoredImage::id))
                .toList();
    }

    /**
     * Removes what a daemon had not finished when it ended.
     *
     * @param dumps images that are still being written
     */
    void tidy(Set<String> dumps) throws IOException {
        try (var directories = Files.newDirectoryStream(root)) {
            for (var directory : directories) {
                var id = directory.getFileName().toString();
                if (Names.isId(id) && !dumps.contains(id) && !listed(id)) {
                    remove(id);
                }
            }
        }
    }

    /** A draft has no size. */
    private boolean listed(String id) {
        var image = images.get(id);
        return image != null && image.size() > 0 && finished(id);
    }

    private boolean finished(String id) {
        return Files.exists(directory(id).resolve("manifest"));
    }

    private Path directory(String id) {
        return root.resolve(id).resolve("image");
    }

    @Override
    public Path reserve(StoredImage draft) throws IOException {
        var directory = Documents.directory(root.resolve(draft.id()));
        Documents.write(directory.resolve(DESCRIPTION), draft.document());
        images.put(draft.id(), draft);
        return directory(draft.id());
    }

    @Override
    public StoredImage commit(String id) throws IOException {
        var draft = images.get(id);
        if (draft == null || !finished(id)) {
            throw new IOException("image " + id + " is not finished");
        }
        long pages = 0;
        long size = 0;
        try (var files = Files.walk(directory(id))) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                long bytes = Files.size(file);
                size += bytes;
                if (file.getFileName().toString().startsWith("pages-")) {
                    pages += bytes;
                }
            }
        }
        return write(draft.withSizes(pages, size));
    }

    private StoredImage write(StoredImage image) throws IOException {
        Documents.write(root.resolve(image.id()).resolve(DESCRIPTION), image.document());
        images.put(image.id(), image);
        return image;
    }

    @Override
    public Path open(String id) throws IOException {
        if (!images.containsKey(id) || !finished(id)) {
            throw new IOException("there is no image " + id);
        }
        return directory(id);
    }

    @Override
    public StoredImage tag(String id, Set<String> tags) throws IOException {
        open(id);
        return write(images.get(id).withTags(tags));
    }

    @Override
    public void remove(String id) throws IOException {
        images.remove(id);
        Files.deleteIfExists(directory(id).resolve("manifest")); // so that no half of it is taken for an image
        Documents.delete(root.resolve(id));
    }
}
