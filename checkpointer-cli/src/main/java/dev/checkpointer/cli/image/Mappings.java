package dev.checkpointer.cli.image;

import dev.checkpointer.cli.image.protocol.CriuImages;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The memory mappings of one kind.
 *
 * @param kind what they are
 * @param count how many there are
 * @param bytes how much of the address space they take, which is more than what is in the image
 */
public record Mappings(String kind, int count, long bytes) {
    /** Bits of a mapping's status (criu/include/image.h). */
    private static final int STACK = 1 << 1;

    private static final int HEAP = 1 << 5;
    private static final int FILE_PRIVATE = 1 << 6;
    private static final int FILE_SHARED = 1 << 7;
    private static final int ANONYMOUS_SHARED = 1 << 8;
    private static final int ANONYMOUS_PRIVATE = 1 << 9;

    static List<Mappings> of(List<CriuImages.MappingEntry> entries) {
        var counts = new TreeMap<String, Integer>();
        var bytes = new TreeMap<String, Long>();
        for (var entry : entries) {
            var kind = kind(entry.getStatus());
            counts.merge(kind, 1, Integer::sum);
            bytes.merge(kind, entry.getEnd() - entry.getStart(), Long::sum);
        }
        var mappings = new ArrayList<Mappings>();
        counts.forEach((kind, count) -> mappings.add(new Mappings(kind, count, bytes.get(kind))));
        return mappings;
    }

    private static String kind(int status) {
        if ((status & STACK) != 0) {
            return "stack";
        }
        if ((status & HEAP) != 0) {
            return "heap of the C library";
        }
        if ((status & FILE_PRIVATE) != 0) {
            return "file, private";
        }
        if ((status & FILE_SHARED) != 0) {
            return "file, shared";
        }
        if ((status & ANONYMOUS_PRIVATE) != 0) {
            return "anonymous, private";
        }
        return (status & ANONYMOUS_SHARED) != 0 ? "anonymous, shared" : "of the kernel";
    }
}
