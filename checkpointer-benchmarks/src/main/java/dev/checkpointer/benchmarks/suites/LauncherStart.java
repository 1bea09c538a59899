package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Program;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code bin/checkpointer restore}. */
class LauncherStart extends RestoredStart {
    private final List<String> launcherOptions;

    /**
     * @param jvmOptions with which the program was started of which the image was made
     * @param launcherOptions for the restore
     */
    LauncherStart(Subject subject, String name, List<String> jvmOptions, List<String> launcherOptions) {
        super(subject, name, jvmOptions);
        this.launcherOptions = launcherOptions;
    }

    @Override
    Begun begin(Path log) throws IOException {
        return start(subject(), image(), launcherOptions, log);
    }

    /** Runs the launcher; the program's output and its own go to the log. */
    static Command start(Subject subject, DumpedProgram image, List<String> options, Path log) throws IOException {
        var pid = subject.work().file("pid");
        var command = new ArrayList<>(
                List.of(subject.launcher(), "restore", image.directory().toString(), "--detach"));
        command.addAll(List.of("--output", log.toString()));
        command.addAll(options);
        var builder = subject.work()
                .process(command, log)
                .redirectErrorStream(false)
                .redirectError(Redirect.appendTo(log.toFile()))
                .redirectOutput(pid.toFile());
        long start = System.nanoTime();
        var process = subject.work().start(builder);
        return new Command(subject, start, process, process.onExit().thenApply(ended -> System.nanoTime()), pid, log);
    }

    /** The launcher, which prints the PID of the program. */
    record Command(Subject subject, long start, Process process, CompletableFuture<Long> returned, Path pid, Path log)
            implements Begun {
        @Override
        public boolean failed() {
            return !process.isAlive() && process.exitValue() != 0;
        }

        @Override
        public Restored complete() throws IOException, InterruptedException {
            await(process);
            var number = Files.readString(pid).strip();
            return new Restored(program(number), Optional.of(returned.join()));
        }

        private Program program(String number) throws IOException {
            if (!number.matches("[0-9]+")) {
                throw new IOException("the command printed '" + number + "', not a PID");
            }
            return subject.work().program(Long.parseLong(number), log);
        }
    }
}
