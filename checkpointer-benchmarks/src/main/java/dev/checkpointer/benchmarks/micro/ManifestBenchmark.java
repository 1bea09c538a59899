package dev.checkpointer.benchmarks.micro;

import dev.checkpointer.ImageException;
import dev.checkpointer.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The manifest of an image. */
@State(Scope.Benchmark)
public class ManifestBenchmark {
    /** How many lines it has; that of a small program has some fifty. */
    @Param({"50", "1000"})
    public int lines;

    private Path file;
    private Manifest manifest;

    /**
     * Writes one.
     *
     * @throws IOException when it cannot be written
     */
    @Setup
    public void write() throws IOException {
        file = Files.createTempFile("manifest", "");
        var values = new LinkedHashMap<String, String>();
        for (int i = 0; i < lines; i++) {
            values.put("file." + i, i + " 1795421828 /usr/lib/jvm/java/lib/file-" + i);
        }
        manifest = Manifest.of(values);
        manifest.write(file);
    }

    /**
     * Removes it.
     *
     * @throws IOException when it stays
     */
    @TearDown
    public void remove() throws IOException {
        Files.delete(file);
    }

    /**
     * Writes a manifest.
     *
     * @throws IOException when it cannot be written
     */
    @Benchmark
    public void writeManifest() throws IOException {
        manifest.write(file);
    }

    /**
     * Reads a manifest.
     *
     * @return the manifest
     * @throws ImageException when it cannot be read
     */
    @Benchmark
    public Manifest readManifest() throws ImageException {
        return Manifest.read(file);
    }
}
