package dev.checkpointer.manager.archive;

import dev.checkpointer.ImageDirectory;
import dev.checkpointer.ImageException;
import dev.checkpointer.Manifest;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * A directory in which an import writes an image. The image's own manifest comes last, as with a checkpoint: before that, nobody
 * takes the directory for an image, not even after a power failure. Closing it removes what was written, unless it was finished.
 */
final class StagedImage implements AutoCloseable {
    private static final int BUFFER = 1 << 17;

    /** Every file takes whole blocks. */
    private static final int BLOCK = 4096;

    private final Path directory;
    private final Deque<Path> written = new ArrayDeque<>();
    private final byte[] buffer = new byte[BUFFER];
    private boolean finished;

    private StagedImage(Path directory) {
        this.directory = directory;
    }

    /** Without changing anything. */
    static void requireEmpty(Path target) throws ManagerException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new ManagerException(Kind.CONFLICT, target + " is no directory", "Name a new or empty directory");
        }
        try (var entries = Files.newDirectoryStream(target)) {
            if (entries.iterator().hasNext()) {
                throw new ManagerException(Kind.CONFLICT, target + " is not empty", "Name a new or empty directory");
            }
        } catch (IOException e) {
            throw notWritable(target, e);
        }
    }

    /** Makes the directory when it is not there, and makes sure that there is room. */
    static StagedImage create(Path target, ArchiveManifest manifest, Limits limits) throws ManagerException {
        requireEmpty(target);
        var staged = new StagedImage(target);
        try {
            if (!Files.exists(target)) {
                staged.makeDirectory(target);
            }
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
            requireRoom(target, manifest, limits);
            if (manifest.files().stream().anyMatch(file -> file.name().startsWith(ImageContent.PRE_DUMP))) {
                staged.makeDirectory(target.resolve(ImageDirectory.PRE_DUMP));
            }
            return staged;
        } catch (IOException e) {
            throw staged.withdrawn(notWritable(target, e));
        } catch (ManagerException e) {
            throw staged.withdrawn(e);
        }
    }

    private ManagerException withdrawn(ManagerException failure) {
        try {
            close();
        } catch (ManagerException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static void requireRoom(Path target, ArchiveManifest manifest, Limits limits)
            throws IOException, ManagerException {
        long blocks = (long) BLOCK * manifest.files().size();
        long needed = manifest.size();
        long free = Files.getFileStore(target).getUsableSpace() - limits.reserve() - blocks;
        if (needed > free) {
            throw new ManagerException(
                    Kind.FAILED,
                    "the image needs " + needed + " bytes, and " + Math.max(free, 0) + " can be used where " + target
                            + " is",
                    "Make room there, or import to another file system");
        }
    }

    private void makeDirectory(Path path) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        written.push(path);
    }

    /** Takes a file out of the archive. Of one that is longer or shorter than declared nothing more than that is written. */
    void take(ArchivedFile file, TarReader tar) throws IOException, ManagerException {
        var name = file.name().equals(Manifest.FILE) ? Manifest.DRAFT : file.name();
        var path = directory.resolve(name);
        var hash = new Hash();
        try (var channel = create(path)) {
            for (long left = file.size(); left > 0; ) {
                int n = tar.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    throw Refusal.damaged(file.name() + " is cut off");
                }
                hash.add(buffer, n);
                write(path, channel, ByteBuffer.wrap(buffer, 0, n));
                left -= n;
            }
            sync(path, channel);
        }
        if (!hash.finish().equals(file.sha256())) {
            throw Refusal.damaged(file.name() + " has another content than its manifest says");
        }
    }

    private FileChannel create(Path path) throws ManagerException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            var channel = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    mode);
            written.push(path);
            return channel;
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static void write(Path path, FileChannel channel, ByteBuffer bytes) throws ManagerException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static void sync(Path path, FileChannel channel) throws ManagerException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    /** When all files are there and the archive is at its end. */
    void finish(ArchiveManifest manifest) throws ManagerException {
        var draft = directory.resolve(Manifest.DRAFT);
        try {
            var difference = ImageContent.difference(Manifest.read(draft), manifest.files());
            if (difference.isPresent()) {
                throw Refusal.damaged(difference.get());
            }
            if (manifest.parent()) {
                var link = directory.resolve(ImageDirectory.PARENT);
                Files.createSymbolicLink(link, Path.of(ImageDirectory.PRE_DUMP));
                written.push(link);
            }
            syncDirectories();
            var last = directory.resolve(Manifest.FILE);
            Files.move(draft, last, StandardCopyOption.ATOMIC_MOVE);
            written.push(last);
            syncDirectory(directory);
            finished = true;
        } catch (ImageException e) {
            throw new ManagerException(Kind.INVALID, e.getMessage(), e.remedy(), e);
        } catch (IOException e) {
            throw notWritable(directory, e);
        }
    }

    private void syncDirectories() throws IOException {
        for (var path : written) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                syncDirectory(path);
            }
        }
        syncDirectory(directory);
        if (written.contains(directory)) {
            syncDirectory(directory.toAbsolutePath().getParent());
        }
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws ManagerException {
        if (finished) {
            return;
        }
        IOException failure = null;
        for (var path : written) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw new ManagerException(
                    Kind.FAILED,
                    "what was written to " + directory + " cannot be removed: " + failure,
                    "Remove it",
                    failure);
        }
    }

    private static ManagerException notWritable(Path path, IOException cause) {
        var exception = ImageDirectory.notWritable(path, cause);
        return new ManagerException(Kind.FAILED, exception.getMessage(), "Import to another directory", cause);
    }
}
