package dev.checkpointer.manager.archive;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes an image out of an archive that may be anything. */
final class ArchiveReader {
    /** 8 MiB; a frame that asks for more is from somewhere else. */
    private static final int MOST_WINDOW_LOG = 23;

    private static final int BUFFER = 1 << 17;

    private final Path target;
    private final Limits limits;

    ArchiveReader(Path target, Limits limits) {
        this.target = target;
        this.limits = limits;
    }

    Map<String, Object> read(InputStream in, Optional<ArchiveKey> key) throws ManagerException {
        var source = new Source(new BufferedInputStream(in, BUFFER));
        try {
            var compressed = new Source(Envelope.open(source, key));
            try {
                return readTar(compressed);
            } catch (IOException e) {
                if (source.failure().isPresent()) {
                    throw e;
                }
                throw compressed.failure().map(Refusal::undecryptable).orElseGet(() -> Refusal.damaged(e));
            }
        } catch (IOException e) {
            throw new ManagerException(Kind.FAILED, "the archive cannot be read: " + e, "", e);
        }
    }

    private Map<String, Object> readTar(InputStream compressed) throws IOException, ManagerException {
        try (var zstd = new ZstdInputStreamNoFinalizer(compressed)) {
            zstd.setLongMax(MOST_WINDOW_LOG);
            var tar = new TarReader(zstd);
            var manifest = manifest(tar);
            requireWithinLimits(manifest);
            try (var staged = StagedImage.create(target, manifest, limits)) {
                takeAll(manifest, tar, staged);
                staged.finish(manifest);
            }
            return manifest.metadata();
        }
    }

    private static ArchiveManifest manifest(TarReader tar) throws IOException, ManagerException {
        var first = tar.next();
        if (first.isEmpty() || !first.get().getName().equals(ArchiveManifest.NAME)) {
            throw Refusal.noArchive("its first file is not " + ArchiveManifest.NAME);
        }
        long size = first.get().getSize();
        if (size > ArchiveManifest.MOST_BYTES) {
            throw Refusal.damaged("its manifest has " + size + " bytes");
        }
        var bytes = new byte[(int) size];
        for (int done = 0; done < bytes.length; ) {
            int n = tar.read(bytes, done, bytes.length - done);
            if (n < 0) {
                throw Refusal.damaged("its manifest is cut off");
            }
            done += n;
        }
        return ArchiveManifest.of(bytes);
    }

    private void requireWithinLimits(ArchiveManifest manifest) throws ManagerException {
        int files = manifest.files().size();
        if (files > limits.files()) {
            throw new ManagerException(
                    Kind.TOO_LARGE,
                    "the image has " + files + " files, more than the " + limits.files() + " that are allowed",
                    "Allow more");
        }
        if (manifest.size() > limits.bytes()) {
            throw new ManagerException(
                    Kind.TOO_LARGE,
                    "the image has " + manifest.size() + " bytes, more than the " + limits.bytes()
                            + " that are allowed",
                    "Allow more");
        }
    }

    private static void takeAll(ArchiveManifest manifest, TarReader tar, StagedImage staged)
            throws IOException, ManagerException {
        var left = new LinkedHashMap<String, ArchivedFile>();
        manifest.files().forEach(file -> left.put(file.name(), file));
        for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            var name = entry.get().getName();
            var file = left.remove(name);
            if (file == null) {
                throw manifest.files().stream().anyMatch(other -> other.name().equals(name))
                        ? Refusal.damaged("it has " + name + " twice")
                        : Refusal.undeclared(name);
            }
            if (entry.get().getSize() != file.size()) {
                throw Refusal.damaged(
                        name + " has " + entry.get().getSize() + " bytes, its manifest says " + file.size());
            }
            staged.take(file, tar);
        }
        if (!left.isEmpty()) {
            throw Refusal.damaged(left.keySet().iterator().next() + " is missing");
        }
    }
}
