package dev.checkpointer.examples.testing;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The two lines that an operator types. The script's path is absolute: CRIU looks for it from the image's directory. */
final class PlainCriu {
    private final String actions;
    private Process restore;
    private Path restoreOutput;

    PlainCriu(Path root) {
        actions = root.resolve("bin/checkpointer-actions.sh").toString();
    }

    /** {@code criu dump -t PID --action-script "$PWD/bin/checkpointer-actions.sh" -D DIR -j}. */
    void dump(long pid, Path image) throws IOException {
        var dump = criu("dump", "-t", Long.toString(pid), "--action-script", actions, "-D", image.toString(), "-j");
        var result = Processes.run(dump);
        if (result.status() != 0) {
            throw new IOException("criu dump ended with status " + result.status() + ": " + result.output());
        }
    }

    /** {@code criu restore --action-script "$PWD/bin/checkpointer-actions.sh" -D DIR -j}, which stays until the program ends. */
    void restore(long pid, Path image) throws IOException {
        // It is free when the parent has collected the process, be it PID 1.
        Await.until("the PID " + pid + " to be free", () -> !Files.exists(Path.of("/proc", Long.toString(pid))));
        restoreOutput = image.resolveSibling("criu.txt");
        restore = criu("restore", "--action-script", actions, "-D", image.toString(), "-j")
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(restoreOutput.toFile())
                .start();
        var done = image.resolve("stats-restore"); // written when all is restored, and before the script's last action
        Await.until("the restore, or its end", () -> Files.exists(done) || !restore.isAlive());
        if (!Files.exists(done)) {
            throw new IOException("criu restore has failed: " + Files.readString(restoreOutput));
        }
    }

    /** When the program has ended, so does CRIU; it only tells when its script has failed. */
    void awaitEnd() throws IOException {
        if (restore != null) {
            Await.until("the end of criu restore", () -> !restore.isAlive());
            var output = Files.readString(restoreOutput);
            if (restore.exitValue() != 0 || output.contains("script")) {
                throw new IOException("criu restore ended with status " + restore.exitValue() + ": " + output);
            }
        }
    }

    private ProcessBuilder criu(String... arguments) {
        var command = new ArrayList<>(List.of(command()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private static String command() {
        var installed = Path.of("/opt/checkpointer/bin/criu");
        return Optional.ofNullable(System.getenv("CHECKPOINTER_CRIU"))
                .orElseGet(() -> Files.exists(installed) ? installed.toString() : "criu");
    }
}
