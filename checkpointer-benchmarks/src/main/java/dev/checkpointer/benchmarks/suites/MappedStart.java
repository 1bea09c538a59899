package dev.checkpointer.benchmarks.suites;

import java.io.IOException;
import java.util.List;

/** A restore of an image whose memory is mapped. */
final class MappedStart extends LauncherStart {
    private final Lab lab;

    MappedStart(Lab lab, String name) {
        super(lab, name, List.of(), List.of());
        this.lab = lab;
    }

    /** An image of its own, since restores of the others read their memory. */
    @Override
    DumpedProgram make() throws IOException, InterruptedException {
        var image = ExampleDump.make(lab, List.of());
        map(lab, image);
        return image;
    }

    /** Maps the memory, but for what a trial finds to be written until the first answer. */
    static void map(Lab lab, DumpedProgram image) throws IOException, InterruptedException {
        image.awaitFree();
        var command = List.of(
                lab.launcher(),
                "image",
                "map",
                image.directory().toString(),
                "--learn",
                "--settle",
                "0",
                "--url",
                "http://127.0.0.1:" + lab.port() + lab.question());
        lab.work().run(lab.work().process(command, lab.work().file("map.log")), DumpedProgram.DEADLINE);
    }
}
