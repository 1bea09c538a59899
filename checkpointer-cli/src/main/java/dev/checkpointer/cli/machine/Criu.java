package dev.checkpointer.cli.machine;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.CriuVersion;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What CRIU says of itself and of the kernel. */
final class Criu {
    private static final long SECONDS = 30;

    private Criu() {}

    static Finding version(CriuCommand criu) {
        var text = criu.version() + " (" + criu.path() + ")";
        return criu.version().compareTo(CriuVersion.RECOMMENDED) < 0
                ? Finding.warn(
                        "criu",
                        text + " is older than " + CriuVersion.RECOMMENDED + ", the first for kernels from 6.16 on",
                        "Run bin/setup, or install CRIU " + CriuVersion.RECOMMENDED + " or later")
                : Finding.ok("criu", text);
    }

    /** Runs {@code criu check}, which passes too easily; the dump and restore say more. */
    static Finding check(CriuCommand criu, boolean unprivileged) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(criu.path().toString(), "check", "--no-default-config"));
        if (unprivileged) {
            command.add("--unprivileged");
        }
        var output = Files.createTempFile("criu-check", ".txt");
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            if (ended && process.exitValue() == 0) {
                return Finding.ok("criu check", "passes");
            }
            var said = Files.readString(output)
                    .lines()
                    .filter(line -> line.contains("Error") || line.contains("Warn"))
                    .findFirst()
                    .orElse(ended ? "it ended with status " + process.exitValue() : "no answer in " + SECONDS + " s");
            return Finding.warn(
                    "criu check", said.strip(), "See whether the dump below works; if not, run criu check --all");
        } finally {
            Files.delete(output);
        }
    }
}
