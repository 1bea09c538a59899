package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Jdk;
import dev.checkpointer.benchmarks.harness.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The application started from its beginning, perhaps with an archive that an earlier run of it left. */
final class ColdStart implements Contestant {
    private static final int REQUESTS = 5;

    /** What the JVM can keep from one run for the next ones. */
    enum Archive {
        NONE("", ""),
        /** The classes that the application loads. */
        CLASSES("-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile="),
        /** Classes, linked and initialised, with profiles. */
        AHEAD_OF_TIME("-XX:AOTCacheOutput=", "-XX:AOTCache=");

        private final String output;
        private final String input;

        Archive(String output, String input) {
            this.output = output;
            this.input = input;
        }

        /** Has a run of the application leave one; returns the option that uses it. */
        String of(Lab lab, Jdk jdk, Path jar, Path log) throws IOException, InterruptedException {
            var file = lab.work().file("archive");
            var program = lab.start(jdk, List.of(output + file), jar, log);
            lab.await(program);
            for (int i = 0; i < REQUESTS; i++) {
                lab.asker().must("GET", lab.port(), lab.example().question());
            }
            program.end(DumpedProgram.DEADLINE);
            lab.work().awaitQuiet();
            if (!Files.exists(file)) {
                throw new IOException("the run that was to leave an archive left none");
            }
            return input + file;
        }
    }

    private final Lab lab;
    private final String name;
    private final Jdk jdk;
    private final boolean extracted;
    private final Archive archive;
    private final List<String> options = new ArrayList<>();
    private Path jar;
    private Path log;

    ColdStart(Lab lab, String name, Jdk jdk, boolean extracted, Archive archive) {
        this.lab = lab;
        this.name = name + ", " + jdk;
        this.jdk = jdk;
        this.extracted = extracted;
        this.archive = archive;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        jar = extracted ? lab.extracted() : lab.jar();
        if (archive != Archive.NONE) {
            log = lab.work().file("training.log");
            options.add(archive.of(lab, jdk, jar, log));
        }
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        log = lab.work().file("cold.log");
        long start = System.nanoTime();
        var program = lab.start(jdk, options, jar, log);
        try {
            var answer = lab.await(program);
            lab.requireFresh(answer.body());
            return StartMetrics.answered(start, answer.nanos());
        } finally {
            program.end(DumpedProgram.DEADLINE);
            lab.work().awaitQuiet();
        }
    }

    @Override
    public Optional<Path> log() {
        return Optional.ofNullable(log);
    }
}
