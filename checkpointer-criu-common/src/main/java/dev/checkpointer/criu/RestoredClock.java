package dev.checkpointer.criu;

import dev.checkpointer.TimeMode;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The monotonic clock of a restored program. CRIU gives the program a time namespace in which the clock has the value of the
 * image, if it may; without its rights the program sees this machine's clock. The launcher does the same.
 */
final class RestoredClock {
    private static final Path TIME_NAMESPACES = Path.of("/proc/self/timens_offsets");

    /** How far this machine's clock may be from the elapsed time: the dump itself took some, and clocks are adjusted. */
    private static final long TOLERANCE_SECONDS = 5;

    private static final String LINKS = "clock";

    private final Image image;
    private final TimeMode mode;
    private final boolean unprivileged;
    private final boolean settable;

    private RestoredClock(Image image, boolean unprivileged) {
        this.image = image;
        this.mode = image.manifest()
                .get("time")
                .map(word -> TimeMode.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(TimeMode.AUTO);
        this.unprivileged = unprivileged;
        this.settable = !unprivileged && Files.exists(TIME_NAMESPACES);
    }

    /**
     * Looks whether the program can have the clock that it is to have.
     *
     * @param unprivileged whether CRIU lacks the rights of root
     * @throws EngineException when it cannot
     */
    static RestoredClock require(Image image, boolean unprivileged) throws EngineException {
        try {
            var clock = new RestoredClock(image, unprivileged);
            if (!clock.settable || clock.mode == TimeMode.ELAPSED) {
                clock.look();
            }
            return clock;
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(image, e);
        }
    }

    private void look() throws IOException, EngineException {
        var dumped = ClockImage.find(image.directory());
        if (dumped.isEmpty() && mode != TimeMode.AUTO) {
            throw new IOException("there are none");
        }
        if (!settable && dumped.isPresent()) {
            requireOfThisMachine(dumped.get().monotonic());
        }
    }

    private void requireOfThisMachine(ClockImage.Time dumped) throws EngineException {
        if (mode == TimeMode.CONTINUE) {
            throw refused(
                    "the program's clock is to go on where it stopped (checkpointer.time=continue), and " + reason(),
                    remedy() + ", or make the checkpoint with checkpointer.time=auto");
        }
        long here = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()); // CLOCK_MONOTONIC, as the JVMs on Linux have it
        long advance = here - dumped.seconds();
        if (advance < 0) {
            throw refused(
                    "the clock of this machine (" + here + " s) is behind that of the program (" + dumped.seconds()
                            + " s), so that System.nanoTime() would go back, and " + reason(),
                    remedy() + ", or on a machine that has been up for longer, or make the checkpoint again");
        }
        long elapsed = mode == TimeMode.ELAPSED ? elapsedSeconds() : 0;
        if (mode == TimeMode.ELAPSED && Math.abs(advance - elapsed) > TOLERANCE_SECONDS) {
            throw refused(
                    "the program's clock is to count the time since its checkpoint (checkpointer.time=elapsed), which is "
                            + elapsed + " s, but by the clock of this machine it is " + advance + " s, and " + reason(),
                    remedy() + ", or make the checkpoint with checkpointer.time=auto");
        }
    }

    private String reason() {
        return unprivileged
                ? "only root's CRIU can set a program's clock"
                : "this kernel has no time namespaces to set a program's clock";
    }

    private String remedy() {
        return unprivileged ? "Restore as root" : "Restore on a kernel with CONFIG_TIME_NS";
    }

    /** Nanoseconds never go back, so neither does this, whatever the time of day says. */
    private long elapsedSeconds() {
        long dumped = image.manifest().get("time.at").map(Long::valueOf).orElseThrow(IllegalArgumentException::new);
        return Math.max(0, Instant.now().getEpochSecond() - dumped);
    }

    /**
     * The directory that CRIU is told of: the image itself, or one with links to its files, and clocks that count the time
     * since the checkpoint.
     *
     * @param work where that is made
     */
    Path images(Path work) throws EngineException {
        if (!settable || mode != TimeMode.ELAPSED) {
            return image.directory();
        }
        try {
            var dumped = ClockImage.find(image.directory()).orElseThrow(() -> new IOException("there are none"));
            var links = Files.createDirectory(work.resolve(LINKS));
            var clocks = dumped.file().getFileName();
            try (var files = Files.newDirectoryStream(image.directory())) {
                for (var file : files) {
                    if (!file.getFileName().equals(clocks)) {
                        Files.createSymbolicLink(links.resolve(file.getFileName()), file);
                    }
                }
            }
            dumped.writeLater(elapsedSeconds(), links.resolve(clocks));
            return links;
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(image, e);
        }
    }

    private static EngineException damaged(Image image, Exception cause) {
        return new EngineException(
                FailureKind.IMAGE_INCOMPLETE,
                "cannot read the clocks of the image in " + image.directory() + ": " + cause.getMessage(),
                "Copy the image again, or make the checkpoint again");
    }

    private static EngineException refused(String message, String remedy) {
        return new EngineException(FailureKind.IMAGE_REFUSED, message, remedy);
    }
}
