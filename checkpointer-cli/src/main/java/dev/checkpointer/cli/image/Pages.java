package dev.checkpointer.cli.image;

import dev.checkpointer.cli.image.protocol.CriuImages;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The memory of a process: runs of pages, one behind the other in one file. */
final class Pages {
    /** Bits of a run's flags (criu/include/image.h). */
    private static final int PRESENT = 1 << 2;

    private static final long MOST_TEXT = 4L << 20;
    private static final long MOST_PAGES = 1L << 36;
    private static final long DEFAULT_PAGE = 4096;

    /** Pages that follow each other in memory and in the file, whose first page has number 0. */
    record Run(long address, long pages, long firstPage) {}

    private final Path file;
    private final List<Run> runs;
    private final long pageSize;

    private Pages(Path file, List<Run> runs, long pageSize) {
        this.file = file;
        this.runs = runs;
        this.pageSize = pageSize;
    }

    static Pages open(Path image, long pid) throws EngineException {
        var map = ImageFile.open(image.resolve("pagemap-" + pid + ".img"), ImageFile.PAGEMAP);
        var file = image.resolve(
                "pages-" + map.next(CriuImages.PagemapHead.parser()).getPages() + ".img");
        var runs = new ArrayList<Run>();
        long pages = 0;
        for (var entry : map.rest(CriuImages.PagemapEntry.parser())) {
            if (present(entry)) {
                long count = count(entry);
                if (count < 0 || count > MOST_PAGES) {
                    throw ImageFile.damaged(image.resolve("pagemap-" + pid + ".img"), "a run has " + count + " pages");
                }
                runs.add(new Run(entry.getAddress(), count, pages));
                pages += count;
            }
        }
        return new Pages(file, runs, pageSize(file, pages));
    }

    /** Whether the pages of an entry are in this image's own file. */
    static boolean present(CriuImages.PagemapEntry entry) {
        return entry.hasFlags() ? (entry.getFlags() & PRESENT) != 0 : !entry.getInParent();
    }

    static long count(CriuImages.PagemapEntry entry) {
        return entry.hasCount() ? entry.getCount() : Integer.toUnsignedLong(entry.getShortCount());
    }

    Path file() {
        return file;
    }

    List<Run> runs() {
        return runs;
    }

    long pageSize() {
        return pageSize;
    }

    /** The machine of the dump may have had others than this one. */
    private static long pageSize(Path file, long pages) throws EngineException {
        try {
            long size = Files.size(file);
            if (pages == 0) {
                return DEFAULT_PAGE;
            }
            if (size % pages != 0 || Long.bitCount(size / pages) != 1) {
                throw ImageFile.damaged(file, "it has " + size + " bytes for " + pages + " pages");
            }
            return size / pages;
        } catch (IOException e) {
            throw ImageFile.unreadable(file, e);
        }
    }

    /** A part of the memory as text; empty where it is not in the image. */
    Optional<String> text(long start, long end) throws EngineException {
        if (end <= start || end - start > MOST_TEXT) {
            return Optional.empty();
        }
        var bytes = new byte[(int) (end - start)];
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            int done = 0;
            while (done < bytes.length) {
                long address = start + done;
                var run = runs.stream()
                        .filter(r -> r.address <= address && address < r.address + r.pages * pageSize)
                        .findFirst();
                if (run.isEmpty()) {
                    return Optional.empty();
                }
                long offset = address - run.get().address;
                int length = (int) Math.min(bytes.length - done, run.get().pages * pageSize - offset);
                in.seek(run.get().firstPage * pageSize + offset);
                in.readFully(bytes, done, length);
                done += length;
            }
        } catch (IOException e) {
            throw ImageFile.unreadable(file, e);
        }
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }
}
