package dev.checkpointer.cli.image;

import dev.checkpointer.cli.image.protocol.CriuImages.MappingEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * Which memory of a JVM can be mapped from a file. A page that its owner gives back by {@code madvise(MADV_DONTNEED)} is zeros
 * when it is touched again, but has the content of the file where one is mapped. HotSpot gives memory back by a new mapping, and
 * glibc expects no zeros of what it gave back so; of other owners nothing is known, and their memory is left alone. Bits are
 * those of mmap(2) on Linux and of criu/include/image.h.
 */
final class MappableMemory {
    /** Below this, a mapping of its own costs more than it gains. */
    private static final long LEAST_PAGES = 16;

    private static final int PAGE = 4096;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int ANONYMOUS = 0x20;
    private static final int NO_RESERVE = 0x4000;
    private static final int REGULAR_ANONYMOUS = 1 | 1 << 9;
    private static final int REGULAR_FILE = 1 | 1 << 6;

    /** Of what is neither private nor plain: shared, growing downwards, locked, of huge pages. */
    private static final int UNUSUAL = 0x1 | 0x100 | 0x2000 | 0x40000;

    /** HotSpot puts its heap low where it can, so that references to objects are short; others have memory there who ask for it. */
    private static final long HEAP_END = 64L << 30;

    /** An arena of glibc's malloc: as long, and aligned to that. */
    private static final long ARENA = 64L << 20;

    private final List<MappingEntry> mappings;
    private final List<Pages.Run> runs;
    private final boolean withCode;

    /** Code cannot be mapped from a file system that forbids programs. */
    MappableMemory(List<MappingEntry> mappings, List<Pages.Run> runs, boolean withCode) {
        this.mappings = mappings;
        this.runs = runs;
        this.withCode = withCode;
    }

    /** The runs of pages of a mapping that can be mapped, from low addresses to high ones. */
    List<Pages.Run> of(int index) {
        var mapping = mappings.get(index);
        if (!fits(index, mapping)) {
            return List.of();
        }
        var found = new ArrayList<Pages.Run>();
        for (var run : runs) {
            long start = Math.max(run.address(), mapping.getStart());
            long end = Math.min(run.address() + run.pages() * PAGE, mapping.getEnd());
            if (start < end) {
                add(
                        found,
                        new Pages.Run(start, (end - start) / PAGE, run.firstPage() + (start - run.address()) / PAGE));
            }
        }
        found.removeIf(run -> run.pages() < LEAST_PAGES);
        return found;
    }

    /** CRIU splits runs where it read them in several goes. */
    private static void add(List<Pages.Run> found, Pages.Run run) {
        var last = found.isEmpty() ? null : found.get(found.size() - 1);
        if (last != null
                && last.address() + last.pages() * PAGE == run.address()
                && last.firstPage() + last.pages() == run.firstPage()) {
            found.set(found.size() - 1, new Pages.Run(last.address(), last.pages() + run.pages(), last.firstPage()));
        } else {
            found.add(run);
        }
    }

    private boolean fits(int index, MappingEntry mapping) {
        if ((mapping.getFlags() & UNUSUAL) != 0
                || mapping.getAdvice() != 0
                || !withCode && (mapping.getProtection() & EXECUTE) != 0) {
            return false;
        }
        if (mapping.getStatus() == REGULAR_FILE) {
            return true; // nobody expects zeros there
        }
        return mapping.getStatus() == REGULAR_ANONYMOUS
                && (mapping.getFlags() & ANONYMOUS) != 0
                && (mapping.getProtection() & WRITE) != 0
                && ((mapping.getFlags() & NO_RESERVE) != 0
                        ? isArena(index)
                        : mapping.getEnd() <= HEAP_END || isCommitted(index));
    }

    /** HotSpot reserves room, and maps parts of it anew when it uses them: so these have other flags than the rest of the room. */
    private boolean isCommitted(int index) {
        return isReservedBeyond(index, -1) || isReservedBeyond(index, 1);
    }

    /** Whether unused room follows in one direction, with nothing but anonymous memory between. */
    private boolean isReservedBeyond(int index, int step) {
        for (int i = index + step; i >= 0 && i < mappings.size(); i += step) {
            var lower = mappings.get(Math.min(i, i - step));
            var upper = mappings.get(Math.max(i, i - step));
            if (lower.getEnd() != upper.getStart() || mappings.get(i).getStatus() != REGULAR_ANONYMOUS) {
                return false;
            }
            if (isReserved(mappings.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReserved(MappingEntry mapping) {
        return mapping.getProtection() == 0 && (mapping.getFlags() & NO_RESERVE) != 0;
    }

    /** What an arena does not use yet follows it, inaccessible. */
    private boolean isArena(int index) {
        var mapping = mappings.get(index);
        long end = mapping.getStart() + ARENA;
        if (mapping.getStart() % ARENA != 0 || index + 1 == mappings.size()) {
            return false;
        }
        var next = mappings.get(index + 1);
        return next.getStart() == mapping.getEnd() && next.getEnd() == end && isReserved(next);
    }
}
