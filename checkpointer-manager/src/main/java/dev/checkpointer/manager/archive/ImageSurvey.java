package dev.checkpointer.manager.archive;

import dev.checkpointer.ImageDirectory;
import dev.checkpointer.ImageException;
import dev.checkpointer.Manifest;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The first pass over an image: what its files are. */
final class ImageSurvey {
    private static final int BUFFER = 1 << 17;
    private static final int PERMISSIONS = 07777;

    private final Path image;

    ImageSurvey(Path image) {
        this.image = image;
    }

    /** Looks at all files and hashes them. */
    ArchiveManifest of(Map<String, Object> metadata) throws ManagerException {
        try {
            if (!Files.isRegularFile(image.resolve(Manifest.FILE), LinkOption.NOFOLLOW_LINKS)) {
                throw new ManagerException(
                        Kind.MISSING,
                        "there is no finished image in " + image,
                        "Name the directory of a finished image");
            }
            var manifest = Manifest.read(image.resolve(Manifest.FILE));
            boolean preDump = isThere(ImageDirectory.PRE_DUMP);
            var files = new ArrayList<ArchivedFile>();
            for (var name : names(preDump)) {
                files.add(file(name));
            }
            var difference = ImageContent.difference(manifest, files);
            if (difference.isPresent()) {
                throw refused(difference.get(), "Make the checkpoint again");
            }
            return new ArchiveManifest(metadata, parent(preDump), List.copyOf(files));
        } catch (ImageException e) {
            throw new ManagerException(Kind.INVALID, e.getMessage(), e.remedy(), e);
        } catch (IOException e) {
            throw new ManagerException(
                    Kind.FAILED, "the image in " + image + " cannot be read: " + e, "Export it as its owner", e);
        }
    }

    /** In the same order every time, so that an image gives the same archive. */
    private Iterable<String> names(boolean preDump) throws IOException, ManagerException {
        var names = new TreeSet<String>();
        addNames(names, "");
        if (preDump) {
            addNames(names, ImageContent.PRE_DUMP);
        }
        if (names.size() > Limits.MOST_FILES) {
            throw refused("it has more than " + Limits.MOST_FILES + " files", "Copy the directory itself");
        }
        return names;
    }

    private void addNames(TreeSet<String> names, String directory) throws IOException, ManagerException {
        if (!Files.isDirectory(image.resolve(directory), LinkOption.NOFOLLOW_LINKS)) {
            throw refused(directory + " is no directory", "Name the directory itself");
        }
        try (var entries = Files.newDirectoryStream(image.resolve(directory))) {
            for (var entry : entries) {
                var name = directory + entry.getFileName();
                if (ImageContent.isFile(name)) {
                    names.add(name);
                } else if (!name.equals(ImageDirectory.PARENT)
                        && !name.equals(ImageDirectory.PRE_DUMP)
                        && !ImageContent.isRemains(entry.getFileName().toString())) {
                    throw refused("it holds '" + name + "', which belongs to no image", "Move that elsewhere");
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private boolean isThere(String name) {
        return Files.exists(image.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    private boolean parent(boolean preDump) throws IOException, ManagerException {
        var link = image.resolve(ImageDirectory.PARENT);
        if (!isThere(ImageDirectory.PARENT)) {
            return false;
        }
        if (!preDump
                || !Files.isSymbolicLink(link)
                || !Files.readSymbolicLink(link).equals(Path.of(ImageDirectory.PRE_DUMP))) {
            throw refused("it builds on an image elsewhere", "Export an image that is whole by itself");
        }
        return true;
    }

    private ArchivedFile file(String name) throws IOException, ManagerException {
        var file = image.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(name + " is no file", "Make the checkpoint again");
        }
        int mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & PERMISSIONS;
        var hash = new Hash();
        long size = 0;
        try (var in = open(file)) {
            var buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.add(buffer, n);
                size += n;
            }
        }
        return new ArchivedFile(name, size, hash.finish(), Integer.toOctalString(mode));
    }

    static InputStream open(Path file) throws IOException {
        return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private ManagerException refused(String why, String remedy) {
        return new ManagerException(Kind.INVALID, "the image in " + image + " cannot be exported: " + why, remedy);
    }
}
