package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Contestant;
import dev.checkpointer.benchmarks.harness.Program;
import dev.checkpointer.benchmarks.harness.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The application restored from its image. What a kind of restore does is in {@link #begin}. */
abstract class RestoredStart implements Contestant {
    private final Subject subject;
    private final String name;
    private final List<String> jvmOptions;
    private DumpedProgram image;
    private Path log;

    /**
     * @param jvmOptions with which the program was started of which the image was made
     */
    RestoredStart(Subject subject, String name, List<String> jvmOptions) {
        this.subject = subject;
        this.name = name;
        this.jvmOptions = jvmOptions;
    }

    /** A restore that was begun. */
    interface Begun {
        /** When it began, by {@link System#nanoTime}. */
        long start();

        /** Whether nobody will answer any more. */
        boolean failed();

        /** Waits until the one who restores is done: the program, and perhaps when that was. */
        Restored complete() throws IOException, InterruptedException;
    }

    /**
     * A program that was restored.
     *
     * @param returned when the command returned, if that is of interest
     */
    record Restored(Program program, Optional<Long> returned) {}

    abstract Begun begin(Path newLog) throws IOException, InterruptedException;

    final Subject subject() {
        return subject;
    }

    final DumpedProgram image() {
        return image;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        image = make();
    }

    /** The image that is restored. */
    DumpedProgram make() throws IOException, InterruptedException {
        return subject.image(jvmOptions);
    }

    @Override
    public final Sample run() throws IOException, InterruptedException {
        image.awaitFree();
        log = subject.work().file("restored.log");
        Files.createFile(log);
        var begun = begin(log);
        var program = Optional.<Program>empty();
        try {
            var answer = subject.asker().await(subject.port(), subject.question(), begun::failed);
            var restored = begun.complete();
            program = Optional.of(restored.program());
            image.requireSame(answer.body());
            var sample = more(StartMetrics.answered(begun.start(), answer.nanos()));
            return restored.returned()
                    .map(nanos -> sample.and(StartMetrics.RETURNED, StartMetrics.milliseconds(nanos - begun.start())))
                    .orElse(sample);
        } finally {
            end(program);
        }
    }

    /** Adds what else there is to measure of a program that answers. */
    Sample more(Sample sample) throws IOException {
        return sample;
    }

    /** Ends what was restored. */
    void end(Optional<Program> program) throws IOException, InterruptedException {
        if (program.isPresent()) {
            program.get().end(DumpedProgram.DEADLINE);
        }
        subject.work().awaitQuiet();
    }

    /** Waits for a command. */
    static void await(Process process) throws IOException, InterruptedException {
        if (!process.waitFor(DumpedProgram.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the command does not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException("the command ended with status " + process.exitValue());
        }
    }

    @Override
    public Optional<Path> log() {
        return Optional.ofNullable(log);
    }
}
