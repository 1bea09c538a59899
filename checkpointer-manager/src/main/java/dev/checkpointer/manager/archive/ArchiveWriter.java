package dev.checkpointer.manager.archive;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The second pass over an image, which writes the archive. */
final class ArchiveWriter {
    /** The memory of a JVM gets no smaller with level 3, at half the speed. */
    private static final int LEVEL = 1;

    /** Beside the thread that reads and hashes. */
    private static final int WORKERS = 1;

    private static final int BUFFER = 1 << 17;
    private static final int MODE = 0100600;

    private final Path image;
    private final ArchiveManifest manifest;

    ArchiveWriter(Path image, ArchiveManifest manifest) {
        this.image = image;
        this.manifest = manifest;
    }

    void write(OutputStream out, Optional<ArchiveKey> key) throws IOException, ManagerException {
        var first = manifest.bytes();
        if (first.length > ArchiveManifest.MOST_BYTES) {
            throw new ManagerException(
                    Kind.TOO_LARGE,
                    "the manifest of the archive would have " + first.length + " bytes, and at most "
                            + ArchiveManifest.MOST_BYTES + " can be read again",
                    "Give less metadata");
        }
        var sink = new Sink(new BufferedOutputStream(out, BUFFER));
        try (var sealed = key.isPresent() ? Envelope.seal(sink, key.get()) : sink;
                var compressed = new ZstdOutputStreamNoFinalizer(sealed, LEVEL)) {
            boolean done = false;
            try {
                compressed.setChecksum(true).setWorkers(WORKERS);
                writeTar(compressed, first);
                done = true;
            } finally {
                if (!done) {
                    sink.abandon();
                }
            }
        }
    }

    /** Not closed, since that would close what is below once more. */
    @SuppressWarnings("resource")
    private void writeTar(OutputStream out, byte[] first) throws IOException, ManagerException {
        var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.putArchiveEntry(entry(ArchiveManifest.NAME, first.length));
        tar.write(first);
        tar.closeArchiveEntry();
        for (var file : manifest.files()) {
            tar.putArchiveEntry(entry(file.name(), file.size()));
            copy(file, tar);
            tar.closeArchiveEntry();
        }
        tar.finish();
    }

    /** Without a user's name, and with no time, so that an image gives the same archive. */
    private static TarArchiveEntry entry(String name, long size) {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(MODE);
        entry.setModTime(0);
        entry.setIds(0, 0);
        entry.setNames("", "");
        return entry;
    }

    private void copy(ArchivedFile file, OutputStream tar) throws IOException, ManagerException {
        var hash = new Hash();
        long left = file.size();
        try (var in = ImageSurvey.open(image.resolve(file.name()))) {
            var buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                left -= n;
                if (left < 0) {
                    break;
                }
                hash.add(buffer, n);
                tar.write(buffer, 0, n);
            }
        }
        if (left != 0 || !hash.finish().equals(file.sha256())) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    file.name() + " in " + image + " changed while it was exported; the archive is not to be used",
                    "Export the image again when nothing writes to it");
        }
    }
}
