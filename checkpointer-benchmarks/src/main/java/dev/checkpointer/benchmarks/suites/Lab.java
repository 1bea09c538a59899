package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Asker;
import dev.checkpointer.benchmarks.harness.Jdk;
import dev.checkpointer.benchmarks.harness.Program;
import dev.checkpointer.benchmarks.harness.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What all contestants of one example share. For use by one thread. */
final class Lab implements Subject {
    private final Path root;
    private final Work work;
    private final Asker asker;
    private final Example example;
    private final int port;
    private final Map<List<String>, DumpedProgram> images = new HashMap<>();
    private Path extracted;

    Lab(Path root, Work work, Asker asker, Example example) throws IOException {
        this.root = root;
        this.work = work;
        this.asker = asker;
        this.example = example;
        port = Asker.freePort();
    }

    @Override
    public Work work() {
        return work;
    }

    Example example() {
        return example;
    }

    @Override
    public String question() {
        return example.question();
    }

    Path jar() {
        return example.jar(root);
    }

    @Override
    public String launcher() {
        return root.resolve("bin/checkpointer").toString();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public DumpedProgram image(List<String> options) throws IOException, InterruptedException {
        var image = images.get(options);
        if (image == null) {
            image = ExampleDump.make(this, options);
            images.put(options, image);
        }
        return image;
    }

    /** The jar of a jar of jars beside its libraries, as Spring Boot's tool lays them out. */
    Path extracted() throws IOException, InterruptedException {
        if (extracted == null) {
            var directory = work.file("extracted");
            var command = List.of(
                    Jdk.current().java(),
                    "-Djarmode=tools",
                    "-jar",
                    jar().toString(),
                    "extract",
                    "--destination",
                    directory.toString());
            work.run(work.process(command, work.file("extract.log")), DumpedProgram.DEADLINE);
            extracted = directory.resolve(jar().getFileName());
        }
        return extracted;
    }

    /** A command that starts the application. */
    List<String> command(Jdk jdk, List<String> options, Path jar) {
        var command = new ArrayList<>(List.of(jdk.java(), "-Djava.io.tmpdir=" + work.directory()));
        command.addAll(options);
        command.addAll(example.options());
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(example.arguments());
        command.replaceAll(argument -> argument.replace("%port", Integer.toString(port)));
        return Work.inSession(command);
    }

    /** Starts the application. What it writes is appended to, so that a restored one can do so elsewhere. */
    Program start(Jdk jdk, List<String> options, Path jar, Path log) throws IOException {
        var process = work.start(work.process(command(jdk, options, jar), log));
        return work.program(process.pid(), log);
    }

    Asker.Answer await(Program program) throws IOException, InterruptedException {
        return asker.await(port, example.question(), program::ended);
    }

    @Override
    public Asker asker() {
        return asker;
    }

    /** The first answer of a program that was not restored. */
    void requireFresh(String answer) throws IOException {
        if (!example.fresh().matcher(answer).matches()) {
            throw new IOException("the program answers '" + answer + "', not " + example.fresh());
        }
    }
}
