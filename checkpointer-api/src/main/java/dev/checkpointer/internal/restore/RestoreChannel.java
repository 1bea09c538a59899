package dev.checkpointer.internal.restore;

import dev.checkpointer.RestoreArguments;
import dev.checkpointer.RestoreContext;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The descriptor through which a restored program is told something. It is open in the image as the device
 * {@code /dev/full}, which is in every container and which no program has much reason to read; at restore CRIU lets a file
 * with the message stand in for it (criu(8), {@code --inherit-fd}). The device reads as zeros, so that a program that was
 * restored without such a file knows it.
 */
public final class RestoreChannel implements AutoCloseable {
    /** What the descriptor is in the image. */
    public static final String DEVICE = "/dev/full";

    /** The name of the manifest's line that tells CRIU's name of the descriptor. */
    public static final String MANIFEST_KEY = "channel";

    /** More than a command line and its environment may have. */
    private static final int MOST_BYTES = 16 << 20;

    private final FileInputStream device;
    private Optional<Path> ready = Optional.empty();

    private RestoreChannel(FileInputStream device) {
        this.device = device;
    }

    /**
     * Opens the descriptor.
     *
     * @return empty where there is no such device
     */
    public static Optional<RestoreChannel> open() {
        try {
            return Optional.of(new RestoreChannel(new FileInputStream(DEVICE)));
        } catch (IOException e) {
            return Optional.empty(); // an image without the manifest's line refuses arguments by name
        }
    }

    /**
     * Reads what the program was told, notes it as the current restore and sets the system properties. Closes the descriptor.
     *
     * @throws IOException when the message cannot be read; the current restore is known all the same
     */
    public void receive() throws IOException {
        begin(Optional.empty());
        var bytes = read();
        if (bytes.length > 0) {
            var message = RestoreMessage.decode(bytes);
            begin(Optional.of(message));
            ready = message.ready();
            message.arguments().properties().forEach(System::setProperty);
        }
    }

    /** A restored program without a descriptor. */
    public static void receiveNothing() {
        begin(Optional.empty());
    }

    /**
     * Tells the one who restored that the resources were notified, if he waits for that.
     *
     * @param failures why some are not ready
     * @throws IOException when he cannot be told
     */
    public void tellReady(List<Throwable> failures) throws IOException {
        if (ready.isEmpty() || Files.notExists(ready.get().toAbsolutePath().getParent())) {
            return; // he has gone
        }
        var lines = new ArrayList<>(List.of(failures.isEmpty() ? "ready" : "failed"));
        failures.forEach(failure -> failure.toString().lines().forEach(lines::add));
        var part = Files.write(ready.get().resolveSibling(ready.get().getFileName() + ".part"), lines);
        Files.move(part, ready.get(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void begin(Optional<RestoreMessage> message) {
        CurrentRestore.set(new RestoreContext(
                instance(),
                Instant.now(),
                message.map(RestoreMessage::image),
                message.map(RestoreMessage::arguments).orElse(RestoreArguments.NONE)));
    }

    /** The kernel's randomness: that of the JVM may have its state in the image. */
    private static UUID instance() {
        try {
            return UUID.fromString(
                    Files.readString(Path.of("/proc/sys/kernel/random/uuid")).strip());
        } catch (IOException e) {
            return UUID.randomUUID();
        }
    }

    /** Nothing when it is still the device. */
    private byte[] read() throws IOException {
        try (device) {
            var bytes = new ByteArrayOutputStream();
            var buffer = new byte[8192];
            for (int length = device.read(buffer); length > 0 && buffer[0] != 0; length = device.read(buffer)) {
                bytes.write(buffer, 0, length);
                if (bytes.size() > MOST_BYTES) {
                    throw new IOException("what this program was told at its restore is longer than " + MOST_BYTES);
                }
            }
            return bytes.toByteArray();
        }
    }

    /** Closes the descriptor of a program that was not restored. */
    @Override
    public void close() {
        try {
            device.close();
        } catch (IOException e) {
            return; // it was read only
        }
    }
}
