package dev.checkpointer.benchmarks.micro;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.internal.descriptor.DescriptorPlan;
import dev.checkpointer.internal.proc.MappedFiles;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a checkpoint looks at in {@code /proc} before it dumps. */
@State(Scope.Benchmark)
public class DescriptorBenchmark {
    /** How many files are open. */
    @Param({"10", "1000"})
    public int descriptors;

    private final List<FileInputStream> open = new ArrayList<>();
    private Path file;

    /**
     * Opens them.
     *
     * @throws IOException when they cannot be opened
     */
    @Setup
    public void open() throws IOException {
        file = Files.createTempFile("descriptors", "");
        for (int i = 0; i < descriptors; i++) {
            open.add(new FileInputStream(file.toFile()));
        }
    }

    /**
     * Closes them.
     *
     * @throws IOException when they cannot be closed
     */
    @TearDown
    public void close() throws IOException {
        for (var stream : open) {
            stream.close();
        }
        open.clear();
        Files.delete(file);
    }

    /**
     * Reads {@code /proc/self/fd} and what belongs to it, and decides.
     *
     * @return the plan
     * @throws IOException when it cannot be read
     * @throws EngineException never
     */
    @Benchmark
    public DescriptorPlan descriptorPlan() throws IOException, EngineException {
        return DescriptorPlan.of(
                ProcessHandle.current().pid(),
                CheckpointRequest.builder().build(),
                Settings.current(),
                Set.of(),
                List.of());
    }

    /**
     * Reads {@code /proc/self/maps}.
     *
     * @return the files in it
     * @throws IOException when it cannot be read
     */
    @Benchmark
    public Map<Path, Boolean> mappedFiles() throws IOException {
        return MappedFiles.withWritten(ProcessHandle.current().pid());
    }
}
