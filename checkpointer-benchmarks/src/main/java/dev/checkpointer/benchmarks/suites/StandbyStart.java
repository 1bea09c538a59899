package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Deadline;
import dev.checkpointer.benchmarks.harness.Kill;
import dev.checkpointer.benchmarks.harness.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A program that was restored earlier and stopped, and is let go on. */
final class StandbyStart extends RestoredStart {
    private final List<String> launcherOptions;

    /**
     * @param jvmOptions with which the program was started of which the image was made
     * @param launcherOptions for the restore
     */
    StandbyStart(Subject subject, String name, List<String> jvmOptions, List<String> launcherOptions) {
        super(subject, name, jvmOptions);
        this.launcherOptions = launcherOptions;
    }

    @Override
    Begun begin(Path log) throws IOException, InterruptedException {
        var options = new ArrayList<>(launcherOptions);
        options.add("--leave-stopped");
        var program =
                LauncherStart.start(subject(), image(), options, log).complete().program();
        Deadline.in(DumpedProgram.DEADLINE).await("the program to be stopped", () -> program.state() == 'T');
        long start = System.nanoTime();
        Kill.send(program.pid(), Kill.CONTINUE);
        return new Resumed(start, program);
    }

    private record Resumed(long start, Program program) implements Begun {
        @Override
        public boolean failed() {
            return program.ended();
        }

        @Override
        public Restored complete() {
            return new Restored(program, Optional.empty());
        }
    }
}
