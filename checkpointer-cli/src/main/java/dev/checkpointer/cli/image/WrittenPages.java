package dev.checkpointer.cli.image;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Which pages of memory that is mapped from a file a program has written: they are the program's own since then. */
public final class WrittenPages {
    private static final int PAGE = 4096;
    private static final int ENTRY = Long.BYTES;

    /** Bits of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst of the kernel). */
    private static final long PRESENT = 1L << 63;

    private static final long SWAPPED = 1L << 62;
    private static final long OF_FILE = 1L << 61;

    private WrittenPages() {}

    /**
     * Looks at a program that was restored from a view of {@link MappedMemory}.
     *
     * @param pid the program, which may go on meanwhile
     * @param image the image
     * @return the addresses of the pages
     * @throws IOException when the program has ended, or this user may not look
     */
    public static Set<Long> of(long pid, Path image) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        var written = new HashSet<Long>();
        try (var pagemap = new RandomAccessFile(process.resolve("pagemap").toFile(), "r")) {
            for (var line : Files.readAllLines(process.resolve("maps"))) {
                // start-end rights offset device inode path
                var fields = line.split(" +", 6);
                if (fields.length == 6 && isOfImage(Path.of(fields[5]), image.toRealPath())) {
                    var range = fields[0].split("-");
                    add(written, pagemap, Long.parseUnsignedLong(range[0], 16), Long.parseUnsignedLong(range[1], 16));
                }
            }
        }
        return written;
    }

    private static boolean isOfImage(Path file, Path image) {
        return image.equals(file.getParent()) && file.getFileName().toString().startsWith("pages-");
    }

    private static void add(Set<Long> written, RandomAccessFile pagemap, long start, long end) throws IOException {
        var bytes = new byte[Math.toIntExact((end - start) / PAGE * ENTRY)];
        pagemap.seek(start / PAGE * ENTRY);
        pagemap.readFully(bytes);
        var entries = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer();
        for (long page = start; page < end; page += PAGE) {
            long entry = entries.get();
            if ((entry & SWAPPED) != 0 || (entry & PRESENT) != 0 && (entry & OF_FILE) == 0) {
                written.add(page);
            }
        }
    }
}
