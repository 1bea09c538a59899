package dev.checkpointer.manager.archive;

import dev.checkpointer.manager.ManagerException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** The files of a tar archive from a stranger. Anything but a plain file is refused. */
final class TarReader {
    private static final int BUFFER = 1 << 17;

    /** A header, with one for its extensions, is less than a tenth of that. */
    private static final int MOST_HEADER_BYTES = 16 << 10;

    private final Allowance allowed;
    private final TarArchiveInputStream tar;

    @SuppressWarnings("resource") // whoever opened the stream closes it
    TarReader(InputStream in) {
        allowed = new Allowance(new BufferedInputStream(in, BUFFER));
        int record = TarConstants.DEFAULT_RCDSIZE;
        tar = new TarArchiveInputStream(allowed, record, record, StandardCharsets.UTF_8.name());
    }

    /** The next file; empty at the end, behind which there is nothing. The one before has to be read. */
    Optional<TarArchiveEntry> next() throws IOException, ManagerException {
        allowed.bytes = MOST_HEADER_BYTES;
        TarArchiveEntry entry;
        try {
            entry = tar.getNextEntry();
        } catch (RuntimeException e) {
            throw new IOException("a header makes no sense", e);
        }
        if (entry == null) {
            if (allowed.read() >= 0) {
                throw Refusal.damaged("there is something behind its end");
            }
            return Optional.empty();
        }
        requireFile(entry);
        allowed.bytes = entry.getSize();
        return Optional.of(entry);
    }

    private static void requireFile(TarArchiveEntry entry) throws ManagerException {
        var kind = switch (entry.getLinkFlag()) {
            case TarConstants.LF_NORMAL -> entry.isSparse() ? "a sparse file" : "";
            case TarConstants.LF_SYMLINK -> "a symbolic link";
            case TarConstants.LF_LINK -> "a hard link";
            case TarConstants.LF_CHR, TarConstants.LF_BLK -> "a device";
            case TarConstants.LF_FIFO -> "a named pipe";
            case TarConstants.LF_DIR -> "a directory";
            default -> "something else";
        };
        if (!kind.isEmpty()) {
            throw Refusal.noFile(entry.getName(), kind);
        }
        if (!entry.isCheckSumOK() || entry.getSize() < 0) {
            throw Refusal.damaged("the header of '" + Refusal.shown(entry.getName()) + "' has another checksum");
        }
    }

    /** Of the file that {@link #next} told. */
    int read(byte[] buffer, int offset, int length) throws IOException {
        return tar.read(buffer, offset, length);
    }

    /** Ends a header that would fill the memory. */
    private static final class Allowance extends FilterInputStream {
        private long bytes;

        Allowance(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            spend(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = in.read(buffer, offset, length);
            spend(Math.max(n, 0));
            return n;
        }

        @Override
        public long skip(long count) throws IOException {
            long n = in.skip(Math.min(count, bytes + 1));
            spend(n);
            return n;
        }

        private void spend(long n) throws IOException {
            bytes -= n;
            if (bytes < 0) {
                throw new IOException("a header has more than " + MOST_HEADER_BYTES + " bytes");
            }
        }
    }
}
