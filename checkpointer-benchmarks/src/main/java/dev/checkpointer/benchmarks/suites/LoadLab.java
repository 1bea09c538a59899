package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.Suite.Setting;
import dev.checkpointer.benchmarks.harness.Asker;
import dev.checkpointer.benchmarks.harness.Jdk;
import dev.checkpointer.benchmarks.harness.Machine;
import dev.checkpointer.benchmarks.harness.Program;
import dev.checkpointer.benchmarks.harness.Work;
import dev.checkpointer.benchmarks.program.LoadProgram;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Starts and dumps programs that hold something. For use by one thread. */
final class LoadLab {
    private static final Pattern NEEDED =
            Pattern.compile("(classes|(checkpointer-(api|criu|libcriu|benchmarks)|crac|jna|protobuf)-.*\\.jar)");
    private static final Pattern ENGINE = Pattern.compile("checkpointer-(criu-exec|criu-rpc|libcriu).*");

    /** The engine of those images of which nothing else is said. */
    static final String ENGINE_BY_DEFAULT = "criu-exec";

    private final Setting setting;
    private final int port;
    private final Path file;
    private final Map<Load, DumpedProgram> images = new HashMap<>();

    LoadLab(Setting setting) throws IOException {
        this.setting = setting;
        port = Asker.freePort();
        file = Files.createFile(setting.work().file("opened"));
    }

    Work work() {
        return setting.work();
    }

    Asker asker() {
        return setting.asker();
    }

    int port() {
        return port;
    }

    String launcher() {
        return setting.root().resolve("bin/checkpointer").toString();
    }

    /** Why a load is too much for this machine. */
    Optional<String> tooMuch(Load load) throws IOException {
        long memory = Machine.availableMemory();
        if (load.footprint() > memory) {
            return Optional.of(
                    "needs " + (load.footprint() >> 20) + " MiB of memory, " + (memory >> 20) + " MiB are free");
        }
        long disk = Files.getFileStore(work().directory()).getUsableSpace();
        if (load.footprint() > disk) {
            return Optional.of("needs " + (load.footprint() >> 20) + " MiB on disk, " + (disk >> 20) + " MiB are free");
        }
        return Optional.empty();
    }

    /** The loads that this machine can bear; it is told which ones it cannot. */
    List<Load> bearable(List<Load> loads) throws IOException {
        var bearable = new ArrayList<Load>();
        for (var load : loads) {
            var reason = tooMuch(load);
            if (reason.isPresent()) {
                setting.console().note("left out: a heap of " + load.heap() + " MB " + reason.get());
            } else {
                bearable.add(load);
            }
        }
        return bearable;
    }

    /** Those of the class path that the program needs, with one engine or all of them. */
    static String classPath(Optional<String> engine) {
        return List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                .filter(entry -> {
                    var name = Path.of(entry).getFileName().toString();
                    return NEEDED.matcher(name).matches()
                            && (engine.isEmpty()
                                    || !ENGINE.matcher(name).matches()
                                    || name.startsWith("checkpointer-" + engine.get()));
                })
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Starts a program, and waits until it answers and has got ready for a checkpoint in the background. */
    Running start(Load load, Path image, Optional<String> engine, List<String> options)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Jdk.current().java(), "-Djava.io.tmpdir=" + work().directory()));
        command.addAll(load.options());
        if (setting.small()) {
            command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        }
        command.addAll(List.of("-Dport=" + port, "-Dcheckpointer.image=" + image));
        engine.ifPresent(name -> command.add("-Dcheckpointer.engine=" + name));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(engine), LoadProgram.class.getName()));
        command.addAll(load.arguments());
        command.add(file.toString());
        var log = work().file("load.log");
        var process = work().start(work().process(Work.inSession(command), log));
        var program = work().program(process.pid(), log);
        var value = asker().await(port, "/value", program::ended).body();
        Thread.sleep(setting.small() ? 300 : 1500);
        return new Running(program, value);
    }

    /**
     * A program that answers.
     *
     * @param value what it drew when it started
     */
    record Running(Program program, String value) {}

    /** Has a program dump itself. */
    DumpedProgram dump(Running running, Path image) throws IOException, InterruptedException {
        asker().must("POST", port, "/checkpoint");
        return dumped(running, image);
    }

    /** Waits for the end of a program that dumps itself. */
    DumpedProgram dumped(Running running, Path image) throws IOException, InterruptedException {
        return DumpedProgram.finished(
                work(), running.program(), image, Pattern.compile(Pattern.quote(running.value())));
    }

    /** What is restored. */
    Subject subject(Load load) {
        return new Subject() {
            @Override
            public Work work() {
                return setting.work();
            }

            @Override
            public Asker asker() {
                return setting.asker();
            }

            @Override
            public String launcher() {
                return LoadLab.this.launcher();
            }

            @Override
            public int port() {
                return port;
            }

            @Override
            public String question() {
                return "/value";
            }

            @Override
            public DumpedProgram image(List<String> options) throws IOException, InterruptedException {
                return LoadLab.this.image(load);
            }
        };
    }

    /** The image of a program that dumped itself with the settings' defaults, made when it is first asked for. */
    DumpedProgram image(Load load) throws IOException, InterruptedException {
        var image = images.get(load);
        if (image == null) {
            var directory = work().file("image");
            image = dump(start(load, directory, Optional.of(ENGINE_BY_DEFAULT), List.of()), directory);
            images.put(load, image);
        }
        return image;
    }

    /** Removes the large images. */
    void forget() throws IOException {
        for (var load : List.copyOf(images.keySet())) {
            if (!load.equals(Load.LEAST)) {
                Work.remove(images.remove(load).directory());
            }
        }
    }
}
