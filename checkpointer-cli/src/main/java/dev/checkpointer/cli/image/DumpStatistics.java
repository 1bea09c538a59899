package dev.checkpointer.cli.image;

import dev.checkpointer.cli.image.protocol.CriuImages;
import dev.checkpointer.engine.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What CRIU counted during a dump.
 *
 * @param freezingMicros until all threads stood still
 * @param frozenMicros for how long they stood still
 * @param memoryDumpMicros of which for the memory
 * @param memoryWriteMicros of which for writing it
 * @param pagesScanned how many pages were looked at
 * @param pagesWritten how many are in the image
 */
public record DumpStatistics(
        long freezingMicros,
        long frozenMicros,
        long memoryDumpMicros,
        long memoryWriteMicros,
        long pagesScanned,
        long pagesWritten) {
    private static final String FILE = "stats-dump";

    /**
     * Reads the statistics, which CRIU writes last.
     *
     * @param image its directory
     * @return empty when there are none
     * @throws EngineException when they cannot be read
     */
    public static Optional<DumpStatistics> read(Path image) throws EngineException {
        var file = image.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var dump = ImageFile.open(file, ImageFile.STATISTICS)
                .next(CriuImages.Statistics.parser())
                .getDump();
        return Optional.of(new DumpStatistics(
                dump.getFreezingTime(),
                dump.getFrozenTime(),
                dump.getMemoryDumpTime(),
                dump.getMemoryWriteTime(),
                dump.getPagesScanned(),
                dump.getPagesWritten()));
    }
}
