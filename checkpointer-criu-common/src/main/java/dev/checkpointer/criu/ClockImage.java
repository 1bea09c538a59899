package dev.checkpointer.criu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * CRIU's image of the clocks, {@code timens-N.img}: two magic numbers, a length, and the message {@code timens_entry} of
 * CRIU's {@code timens.proto}, which has the seconds and nanoseconds of both clocks.
 *
 * @param file where it is
 * @param magic its first eight bytes
 * @param monotonic CLOCK_MONOTONIC at the dump, as the program saw it
 * @param boottime CLOCK_BOOTTIME likewise
 */
record ClockImage(Path file, long magic, Time monotonic, Time boottime) {
    private static final int CLOCK_1 = 0x0a;
    private static final int CLOCK_2 = 0x12;
    private static final int SECONDS = 0x08;
    private static final int NANOS = 0x10;

    /** Seven bits of a number are in each byte, the lowest first; the eighth says that more follow. */
    private static final int BITS = 7;

    private static final int MORE = 1 << BITS;

    /** A point of time on a clock. */
    record Time(long seconds, long nanos) {}

    /** The one of an image; none when CRIU found no time namespaces in the kernel of the dump. */
    static Optional<ClockImage> find(Path image) throws IOException {
        try (var files = Files.newDirectoryStream(image, "timens-*.img")) {
            for (var file : files) {
                return Optional.of(read(file));
            }
            return Optional.empty();
        }
    }

    private static ClockImage read(Path file) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long magic = bytes.getLong();
            bytes.getInt();
            return new ClockImage(file, magic, time(bytes, CLOCK_1), time(bytes, CLOCK_2));
        } catch (BufferUnderflowException e) {
            throw new IOException(file + " ends too early", e);
        }
    }

    private static Time time(ByteBuffer bytes, int tag) throws IOException {
        require(bytes, tag);
        number(bytes); // the length
        require(bytes, SECONDS);
        long seconds = number(bytes);
        require(bytes, NANOS);
        return new Time(seconds, number(bytes));
    }

    private static void require(ByteBuffer bytes, int tag) throws IOException {
        if (bytes.get() != tag) {
            throw new IOException("byte " + (bytes.position() - 1) + " of the image of the clocks is not " + tag);
        }
    }

    private static long number(ByteBuffer bytes) {
        long number = 0;
        for (int shift = 0; ; shift += BITS) {
            byte next = bytes.get();
            number |= (long) (next & MORE - 1) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    /** Writes the same with later clocks. */
    void writeLater(long seconds, Path target) throws IOException {
        var message = new ByteArrayOutputStream();
        write(CLOCK_1, monotonic, seconds, message);
        write(CLOCK_2, boottime, seconds, message);
        var bytes = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + message.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(magic)
                .putInt(message.size())
                .put(message.toByteArray());
        Files.write(target, bytes.array());
    }

    private static void write(int tag, Time time, long later, ByteArrayOutputStream message) {
        var inner = new ByteArrayOutputStream();
        inner.write(SECONDS);
        write(time.seconds() + later, inner);
        inner.write(NANOS);
        write(time.nanos(), inner);
        message.write(tag);
        write(inner.size(), message);
        message.writeBytes(inner.toByteArray());
    }

    private static void write(long number, ByteArrayOutputStream bytes) {
        long rest = number;
        for (; rest >= MORE; rest >>>= BITS) {
            bytes.write((int) (rest & MORE - 1 | MORE));
        }
        bytes.write((int) rest);
    }
}
