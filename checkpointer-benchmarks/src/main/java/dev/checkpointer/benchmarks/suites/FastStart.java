package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Jdk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of docs/performance.md that make a restore fast: classes from an archive, which stay out of the image; a small heap
 * and the simple compiler; an image of a program that was restored before, so that its way back is compiled; and memory that is
 * mapped, but for what a trial finds to be written at once.
 */
final class FastStart extends LauncherStart {
    /** For any program; the archive's place is not random, so that its pages stay as they are in the file. */
    private static final List<String> JVM = List.of(
            "-XX:+UseSerialGC",
            "-Xms24m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0");

    private final Lab lab;

    FastStart(Lab lab, String name) {
        super(lab, name, List.of(), List.of());
        this.lab = lab;
    }

    @Override
    DumpedProgram make() throws IOException, InterruptedException {
        var jar = lab.example().nested() ? lab.extracted() : lab.jar();
        var options = new ArrayList<>(JVM);
        options.add(
                ColdStart.Archive.CLASSES.of(lab, Jdk.current(), jar, lab.work().file("training.log")));
        var first = ExampleDump.make(lab, jar, options);
        var image = ExampleDump.again(lab, first);
        MappedStart.map(lab, image);
        return image;
    }
}
