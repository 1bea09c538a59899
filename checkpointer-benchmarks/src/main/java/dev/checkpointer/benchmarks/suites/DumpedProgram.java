package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.Manifest;
import dev.checkpointer.benchmarks.harness.Deadline;
import dev.checkpointer.benchmarks.harness.Program;
import dev.checkpointer.benchmarks.harness.RawRestore;
import dev.checkpointer.benchmarks.harness.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.regex.Pattern;

/**
 * An image, and what is known of its program.
 *
 * @param directory the image
 * @param manifest its manifest
 * @param pid the PID of its program
 * @param expected what the restored program answers first
 */
record DumpedProgram(Path directory, Manifest manifest, long pid, Pattern expected) {
    static final Duration DEADLINE = Duration.ofSeconds(120);

    /** Waits for the end of a program that is being dumped. */
    static DumpedProgram finished(Work work, Program program, Path directory, Pattern expected)
            throws IOException, InterruptedException {
        program.awaitGone(DEADLINE);
        var manifest = RawRestore.manifest(directory);
        manifest.get("perfdata").ifPresent(file -> work.removeInTheEnd(Path.of(file)));
        return new DumpedProgram(
                directory, manifest, Long.parseLong(manifest.get("pid").orElseThrow()), expected);
    }

    /** Waits until no task has a PID of the image. */
    void awaitFree() throws IOException, InterruptedException {
        var tasks = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(directory, "core-*.img")) {
            for (var file : files) {
                tasks.add(Path.of("/proc", file.getFileName().toString().replaceAll("[^0-9]", "")));
            }
        }
        Deadline.in(DEADLINE)
                .await("the PIDs of the image to be free", () -> tasks.stream().noneMatch(Files::exists));
    }

    void requireSame(String answer) throws IOException {
        if (!expected.matcher(answer).matches()) {
            throw new IOException("the restored program answers '" + answer + "', not " + expected);
        }
    }

    /** What its files have, in bytes. */
    long size() throws IOException {
        return size(directory);
    }

    static long size(Path directory) throws IOException {
        long size = 0;
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                size += Files.size(file);
            }
        }
        return size;
    }
}
