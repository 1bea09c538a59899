package dev.checkpointer.agent;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program restored by the launcher, with an output of its own. Ended when it is closed. */
record Restored(long pid, Path outputFile) implements AutoCloseable {
    static Restored from(Path image) throws IOException {
        var output = Files.createTempFile(image.toAbsolutePath().getParent(), "restored", ".txt");
        var result = Processes.run(List.of(
                System.getProperty("test.root") + "/bin/checkpointer",
                "restore",
                image.toString(),
                "--detach",
                "--output",
                output.toString()));
        if (result.status() != 0) {
            throw new AssertionError(result.status() + " " + result.output());
        }
        return new Restored(Long.parseLong(result.output().strip()), output);
    }

    String output() {
        try {
            return Files.readString(outputFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitLine(String line) {
        Await.until("the line '" + line + "'", () -> output().lines().anyMatch(line::equals));
    }

    @Override
    public void close() {
        Processes.end(pid);
    }
}
