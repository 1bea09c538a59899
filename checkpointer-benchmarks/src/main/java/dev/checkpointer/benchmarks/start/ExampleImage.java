package dev.checkpointer.benchmarks.start;

import dev.checkpointer.Manifest;
import dev.checkpointer.benchmarks.harness.Deadline;
import dev.checkpointer.benchmarks.harness.Jdk;
import dev.checkpointer.benchmarks.harness.Kill;
import dev.checkpointer.benchmarks.harness.Program;
import dev.checkpointer.benchmarks.harness.RawRestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An image of an example that has answered some requests.
 *
 * @param directory the image
 * @param manifest its manifest
 * @param pid the PID of its program
 * @param expected what the restored program answers first
 */
record ExampleImage(Path directory, Manifest manifest, long pid, Pattern expected) {
    static final Duration DEADLINE = Duration.ofSeconds(120);

    private static final int REQUESTS = 50;

    static ExampleImage make(Lab lab, List<String> options) throws IOException, InterruptedException {
        var directory = lab.work().file("image");
        var more = new ArrayList<>(options);
        more.addAll(lab.example().dumped());
        more.add("-Dcheckpointer.image=" + directory);
        var program = lab.start(Jdk.current(), more, lab.jar(), lab.work().file("dumped.log"));
        try {
            var first = lab.await(program).body();
            lab.requireFresh(first);
            for (int asked = 1; asked < REQUESTS; asked++) {
                lab.asker().must("GET", lab.port(), lab.example().question());
            }
            request(lab, program, directory);
            return finished(program, directory, lab.example().later().apply(first, REQUESTS), lab);
        } catch (IOException e) {
            program.kill();
            throw new IOException("no image: " + e.getMessage(), e);
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
        lab.work().run(lab.work().process(command, program.log()), DEADLINE);
        // What the JVM listened on while the agent was loaded into it.
        lab.work().removeInTheEnd(Path.of("/tmp/.java_pid" + program.pid()));
    }

    private static ExampleImage finished(Program program, Path directory, Pattern expected, Lab lab)
            throws IOException, InterruptedException {
        program.awaitGone(DEADLINE);
        var manifest = RawRestore.manifest(directory);
        manifest.get("perfdata").ifPresent(file -> lab.work().removeInTheEnd(Path.of(file)));
        return new ExampleImage(
                directory, manifest, Long.parseLong(manifest.get("pid").orElseThrow()), expected);
    }

    /** Waits until no task has a PID of the image, as far as that is not somebody else's for long. */
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

    /** What pages it has, in bytes. */
    long size() throws IOException {
        long size = 0;
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                size += Files.size(file);
            }
        }
        return size;
    }
}
