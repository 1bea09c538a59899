package dev.checkpointer.cli;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * Has memory of several kinds with content that it can tell. Argument: the directory of its questions. For a file {@code N} in there
 * it uses its memory hard, and writes {@code sum N SUM}; at the start {@code start SUM}.
 */
final class MemoryProgram {
    private static final int BLOCK = 1 << 20;
    private static final int BLOCKS = 24;
    private static final int GARBAGE = 48;

    private final List<long[]> heap = new ArrayList<>();
    private final ByteBuffer outside = ByteBuffer.allocateDirect(8 * BLOCK);

    private MemoryProgram() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < BLOCKS; i++) {
            heap.add(random.longs(BLOCK / Long.BYTES).toArray());
        }
        while (outside.hasRemaining()) {
            outside.putLong(random.nextLong());
        }
    }

    public static void main(String[] arguments) throws Exception {
        var program = new MemoryProgram();
        System.gc(); // the blocks are where they stay
        System.out.println("start " + Long.toHexString(program.sum()));
        for (int i = 0; ; ) {
            if (Files.exists(Path.of(arguments[0], Integer.toString(i)))) {
                System.out.println("sum " + i + " " + program.work());
                i++;
            }
            Thread.sleep(10);
        }
    }

    /** The sum is that of the content before; some of it is changed then. */
    private String work() {
        long sum = sum();
        for (int i = 0; i < GARBAGE; i++) {
            requireZeros(new long[BLOCK / Long.BYTES]);
            requireZeros(ByteBuffer.allocateDirect(BLOCK / 4));
            if (i % 16 == 0) {
                System.gc();
            }
        }
        if (sum() != sum) {
            return "was changed by garbage";
        }
        for (var block : heap) {
            block[block.length / 2]++;
        }
        outside.putLong(0, outside.getLong(0) + 1);
        return Long.toHexString(sum);
    }

    private long sum() {
        var crc = new CRC32();
        var bytes = ByteBuffer.allocate(BLOCK);
        for (var block : heap) {
            bytes.asLongBuffer().put(block);
            crc.update(bytes.array());
        }
        crc.update(outside.duplicate().flip());
        return crc.getValue();
    }

    private static void requireZeros(long[] fresh) {
        for (long value : fresh) {
            if (value != 0) {
                throw new IllegalStateException("fresh memory has content");
            }
        }
    }

    private static void requireZeros(ByteBuffer fresh) {
        while (fresh.hasRemaining()) {
            if (fresh.getLong() != 0) {
                throw new IllegalStateException("fresh memory outside of the heap has content");
            }
        }
    }
}
