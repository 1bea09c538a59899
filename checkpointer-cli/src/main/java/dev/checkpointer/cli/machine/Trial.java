package dev.checkpointer.cli.machine;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.crac.CheckpointException;
import org.crac.RestoreException;

/** A real dump and restore of a small JVM, which says more than everything else. */
final class Trial {
    private static final String NAME = "trial";
    private static final Duration DEADLINE = Duration.ofSeconds(40);
    private static final long PAUSE_MILLIS = 10;

    private final Path directory;

    private Trial(Path directory) {
        this.directory = directory;
    }

    static Finding run() throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("checkpointer-doctor");
        try {
            return new Trial(directory).dumpAndRestore();
        } finally {
            remove(directory);
        }
    }

    private Finding dumpAndRestore() throws IOException, InterruptedException {
        var process = start();
        try {
            if (!await("ready", process.toHandle())) {
                return failed("the small JVM did not come up: " + output(), "See whether java works here");
            }
            long begin = System.nanoTime();
            var image = directory.resolve("image");
            Checkpointer.checkpoint(CheckpointRequest.builder()
                    .pid(process.pid())
                    .imageDirectory(image)
                    .leaveRunning(false)
                    .timeout(DEADLINE)
                    .build());
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                return failed("the dumped JVM has not ended", "Look at process " + process.pid());
            }
            return restore(image, Duration.ofNanos(System.nanoTime() - begin));
        } catch (CheckpointException | RestoreException e) {
            var cause = e.getSuppressed().length > 0 ? e.getSuppressed()[0] : e;
            return failed("the dump failed: " + firstLine(cause), remedy(cause));
        } catch (EngineException e) {
            return failed("the restore failed: " + firstLine(e), remedy(e));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        } finally {
            process.destroyForcibly().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private Process start() throws IOException {
        var nothing = new File("/dev/null");
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:-UsePerfData",
                            "-Xmx32m",
                            "-cp",
                            Path.of(Patient.class
                                            .getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .toURI())
                                    .toString(),
                            Patient.class.getName(),
                            directory.toString())
                    .directory(directory.toFile())
                    .redirectInput(nothing)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output.txt").toFile())
                    .start();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private Finding restore(Path image, Duration dump)
            throws EngineException, IOException, InterruptedException, URISyntaxException {
        long begin = System.nanoTime();
        var restored = Checkpointer.restore(
                RestoreRequest.builder(image).timeout(DEADLINE).build());
        long time = Duration.ofNanos(System.nanoTime() - begin).toMillis();
        var program = restored.handle();
        try {
            Patient.publish(directory, "question", "are you there?");
            if (!await("answer", program)
                    || !Files.readString(directory.resolve("answer")).equals("are you there?")) {
                return failed("the restored JVM does not answer: " + output(), "Try another engine or CRIU");
            }
        } finally {
            program.destroyForcibly();
            awaitEnd(program);
        }
        var engine = Manifest.read(image.resolve(Manifest.FILE)).get("engine").orElse("?");
        return Finding.ok(
                NAME,
                "a small JVM was dumped in " + dump.toMillis() + " ms and restored in " + time + " ms by " + engine);
    }

    private boolean await(String name, ProcessHandle process) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        var file = directory.resolve(name);
        while (!Files.exists(file)) {
            if (System.nanoTime() > end || !process.isAlive() && !Files.exists(file)) {
                return false;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return true;
    }

    private static void awaitEnd(ProcessHandle process) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output.txt"))
                .lines()
                .findFirst()
                .orElse("it said nothing");
    }

    private static Finding failed(String text, String remedy) {
        return Finding.fail(NAME, text, remedy);
    }

    /** The log goes with the trial, so its first decisive line is told here. */
    private static String firstLine(Throwable e) {
        var line = Optional.ofNullable(e.getMessage())
                .orElse(e.toString())
                .lines()
                .findFirst()
                .orElse("");
        var end = e instanceof EngineException engine ? ". " + engine.remedy() : "";
        var text = !end.isEmpty() && line.endsWith(end) ? line.substring(0, line.length() - end.length()) : line;
        return e instanceof EngineException engine && !engine.logLines().isEmpty()
                ? text + ": " + engine.logLines().get(0)
                : text;
    }

    private static String remedy(Throwable e) {
        return e instanceof EngineException engine
                        && !engine.remedy().isEmpty()
                        && !engine.remedy().contains("log")
                ? engine.remedy()
                : "Try it by hand: checkpointer checkpoint keeps CRIU's log";
    }

    private static void remove(Path directory) throws IOException {
        List<Path> all;
        try (var files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (var file : all) {
            Files.deleteIfExists(file);
        }
    }
}
