package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Jdk;
import dev.checkpointer.benchmarks.harness.Kill;
import dev.checkpointer.benchmarks.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes an image of an example that has answered some requests. */
final class ExampleDump {
    private static final int REQUESTS = 50;

    /** In which the JVM compiles what the requests made worth it. */
    private static final long SETTLING_MILLIS = 2000;

    private ExampleDump() {}

    static DumpedProgram make(Lab lab, List<String> options) throws IOException, InterruptedException {
        return make(lab, lab.jar(), options);
    }

    static DumpedProgram make(Lab lab, Path jar, List<String> options) throws IOException, InterruptedException {
        var directory = lab.work().file("image");
        var more = new ArrayList<>(options);
        more.addAll(lab.example().dumped());
        more.add("-Dcheckpointer.image=" + directory);
        var program = lab.start(Jdk.current(), more, jar, lab.work().file("dumped.log"));
        try {
            var first = lab.await(program).body();
            lab.requireFresh(first);
            warm(lab, REQUESTS - 1);
            request(lab, program, directory);
            return DumpedProgram.finished(
                    lab.work(), program, directory, lab.example().later().apply(first, REQUESTS));
        } catch (IOException e) {
            program.kill();
            throw new IOException("no image: " + e.getMessage(), e);
        }
    }

    private static void warm(Lab lab, int requests) throws IOException, InterruptedException {
        for (int asked = 0; asked < requests; asked++) {
            lab.asker().must("GET", lab.port(), lab.example().question());
        }
    }

    /** Restores an image of a program that always answers the same, and makes another one, of a program that was restored before. */
    static DumpedProgram again(Lab lab, DumpedProgram first) throws IOException, InterruptedException {
        var directory = lab.work().file("image");
        var log = lab.work().file("again.log");
        Files.createFile(log);
        first.awaitFree();
        var options = List.of("--no-map", "-Dcheckpointer.image=" + directory);
        var program = LauncherStart.start(lab, first, options, log).complete().program();
        try {
            first.requireSame(lab.await(program).body());
            warm(lab, REQUESTS - 1);
            Thread.sleep(SETTLING_MILLIS);
            request(lab, program, directory);
            return DumpedProgram.finished(lab.work(), program, directory, first.expected());
        } catch (IOException e) {
            program.kill();
            throw new IOException("no image of a restored program: " + e.getMessage(), e);
        }
    }

    private static void request(Lab lab, Program program, Path directory) throws IOException, InterruptedException {
        switch (lab.example().trigger()) {
            case ENDPOINT -> lab.asker().must("POST", lab.port(), "/checkpoint");
            case ACTUATOR -> lab.asker().must("POST", lab.port(), "/actuator/checkpoint");
            case SIGNAL -> Kill.send(program.pid(), Kill.USR1);
            case COMMAND -> command(lab, program, directory);
        }
    }

    private static void command(Lab lab, Program program, Path directory) throws IOException, InterruptedException {
        var command = List.of(
                lab.launcher(),
                "checkpoint",
                Long.toString(program.pid()),
                "--to",
                directory.toString(),
                "--tcp",
                "close");
        lab.work().run(lab.work().process(command, program.log()), DumpedProgram.DEADLINE);
        // What the JVM listened on while the agent was loaded into it.
        lab.work().removeInTheEnd(Path.of("/tmp/.java_pid" + program.pid()));
    }
}
