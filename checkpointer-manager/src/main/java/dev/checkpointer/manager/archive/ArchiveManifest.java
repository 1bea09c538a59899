package dev.checkpointer.manager.archive;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.Manifest;
import dev.checkpointer.manager.ManagerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The first file of an archive: what the others are. Immutable.
 *
 * @param metadata what the caller of the export gave
 * @param parent whether the image has CRIU's link to the memory that was written while the program ran. Archives hold no links
 * @param files in the order of the archive
 */
record ArchiveManifest(Map<String, Object> metadata, boolean parent, List<ArchivedFile> files) {
    static final String NAME = "checkpointer-archive.json";
    static final int FORMAT = 1;
    static final int MOST_BYTES = 16 << 20;

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern MODE = Pattern.compile("[0-7]{1,4}");

    byte[] bytes() throws IOException {
        var document = new LinkedHashMap<String, Object>();
        document.put("format", FORMAT);
        document.put("metadata", metadata);
        if (parent) {
            document.put("parent", ImageDirectory.PRE_DUMP);
        }
        document.put("files", files.stream().map(ArchiveManifest::document).toList());
        return JSON.std.asBytes(document);
    }

    private static Map<String, Object> document(ArchivedFile file) {
        var document = new LinkedHashMap<String, Object>();
        document.put("name", file.name());
        document.put("size", file.size());
        document.put("sha256", file.sha256());
        document.put("mode", file.mode());
        return document;
    }

    static ArchiveManifest of(byte[] bytes) throws IOException, ManagerException {
        var document = JSON.std.mapFrom(bytes);
        if (!(document.get("format") instanceof Integer format) || format < 1) {
            throw Refusal.damaged("its manifest has no format number");
        }
        if (format > FORMAT) {
            throw Refusal.newer("its format is " + format + ", this version reads up to " + FORMAT);
        }
        var files = files(document);
        return new ArchiveManifest(metadata(document), parent(document, files), files);
    }

    private static List<ArchivedFile> files(Map<String, Object> document) throws ManagerException {
        if (!(document.get("files") instanceof List<?> list)) {
            throw Refusal.damaged("its manifest has no list of files");
        }
        var files = new ArrayList<ArchivedFile>();
        var names = new HashSet<String>();
        long size = 0;
        for (var element : list) {
            var file = file(element);
            if (!names.add(file.name())) {
                throw Refusal.damaged("its manifest has " + file.name() + " twice");
            }
            files.add(file);
            size += file.size();
            if (size < 0) {
                throw Refusal.damaged("its files have more bytes than there can be");
            }
        }
        if (!names.contains(Manifest.FILE)) {
            throw Refusal.damaged("its image was not finished");
        }
        return List.copyOf(files);
    }

    private static ArchivedFile file(Object element) throws ManagerException {
        if (element instanceof Map<?, ?> map
                && map.get("name") instanceof String name
                && map.get("size") instanceof Number size
                && (size instanceof Integer || size instanceof Long)
                && map.get("sha256") instanceof String sha256
                && map.get("mode") instanceof String mode
                && size.longValue() >= 0
                && HASH.matcher(sha256).matches()
                && MODE.matcher(mode).matches()) {
            if (!ImageContent.isFile(name)) {
                throw Refusal.noImageFile(name);
            }
            return new ArchivedFile(name, size.longValue(), sha256, mode);
        }
        throw Refusal.damaged("a file in its manifest has no name, size, hash or mode");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> metadata(Map<String, Object> document) throws ManagerException {
        if (document.get("metadata") instanceof Map<?, ?> metadata) {
            return (Map<String, Object>) metadata; // what was JSON has no other keys
        }
        throw Refusal.damaged("its manifest has no metadata");
    }

    private static boolean parent(Map<String, Object> document, List<ArchivedFile> files) throws ManagerException {
        var parent = document.get("parent");
        if (parent != null
                && !(parent.equals(ImageDirectory.PRE_DUMP)
                        && files.stream().anyMatch(file -> file.name().startsWith(ImageContent.PRE_DUMP)))) {
            throw Refusal.damaged("its image builds on another one");
        }
        return parent != null;
    }

    /** Bytes of all files together. */
    long size() {
        return files.stream().mapToLong(ArchivedFile::size).sum();
    }
}
