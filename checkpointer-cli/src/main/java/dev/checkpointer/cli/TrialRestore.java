package dev.checkpointer.cli;

import dev.checkpointer.cli.image.WrittenPages;
import dev.checkpointer.criu.Image;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A program that is restored to be looked at, and ended then. For one thread. */
final class TrialRestore implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    /** The launcher ends by itself at the deadline that it is told. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final long END_SECONDS = 10;
    private static final int LEAST_ERROR = 400;

    private final Image image;
    private final Path work;
    private final Duration timeout;
    private ProcessHandle program;

    private TrialRestore(Image image, Path work, Duration timeout) {
        this.image = image;
        this.work = work;
        this.timeout = timeout;
    }

    /** Returns when the program runs, and was notified where it can be. */
    static TrialRestore start(Image image, boolean trust, Duration timeout)
            throws CommandException, IOException, InterruptedException {
        var trial = new TrialRestore(image, Files.createTempDirectory("checkpointer-trial"), timeout);
        try {
            trial.restore(trust);
            return trial;
        } catch (CommandException | IOException | InterruptedException e) {
            trial.close();
            throw e;
        }
    }

    private void restore(boolean trust) throws CommandException, IOException, InterruptedException {
        var messages = work.resolve("messages");
        var pid = work.resolve("pid");
        var command = new ArrayList<>(List.of(
                "sh",
                RestoreCommand.launcher().toString(),
                "restore",
                image.directory().toString(),
                "--detach",
                "--pidfile",
                pid.toString(),
                "--output",
                work.resolve("output").toString(),
                "--timeout",
                timeout.toSeconds() + "s"));
        if (image.manifest().get("channel").isPresent()) {
            command.add("--wait-ready");
        }
        if (trust) {
            command.add("--trust");
        }
        var launcher = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(messages.toFile())
                .redirectErrorStream(true)
                .start();
        if (!launcher.waitFor(timeout.plus(GRACE).toSeconds(), TimeUnit.SECONDS)) {
            launcher.destroy();
            throw failed("did not come to its end");
        }
        if (Files.exists(pid)) { // also when the program is not ready, so that it is ended
            program = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .orElse(null);
        }
        if (launcher.exitValue() != 0) {
            throw new CommandException(
                    ExitStatus.CRIU,
                    "the trial restore failed",
                    "Try \"checkpointer restore " + image.directory() + "\", or map the memory without --learn",
                    Files.readAllLines(messages),
                    null);
        }
    }

    /** Waits until the program answers, if it is to, and for some time more. */
    void awaitReady(URI url, Duration settle) throws CommandException, InterruptedException {
        if (url != null) {
            var client = HttpClient.newBuilder().connectTimeout(ANSWER).build();
            var question = HttpRequest.newBuilder(url).timeout(ANSWER).GET().build();
            long end = System.nanoTime() + timeout.toNanos();
            while (!answers(client, question)) {
                if (System.nanoTime() - end > 0) {
                    throw failed("did not answer at " + url + " within " + timeout.toSeconds() + " s");
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
        Thread.sleep(settle.toMillis());
    }

    private static boolean answers(HttpClient client, HttpRequest question) throws InterruptedException {
        try {
            return client.send(question, BodyHandlers.discarding()).statusCode() < LEAST_ERROR;
        } catch (IOException e) {
            return false; // it does not listen yet
        }
    }

    /** The pages that the program has written. */
    Set<Long> written() throws CommandException, IOException {
        if (program == null || !program.isAlive()) {
            throw failed("has ended by itself");
        }
        return WrittenPages.of(program.pid(), image.directory());
    }

    private CommandException failed(String what) {
        return new CommandException(
                ExitStatus.CRIU,
                "the program of the trial restore " + what,
                "Look at what it does after \"checkpointer restore " + image.directory()
                        + "\", or map the memory without --learn");
    }

    @Override
    public void close() throws IOException {
        if (program != null) {
            program.destroyForcibly();
            program.onExit()
                    .completeOnTimeout(program, END_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
        try (var files = Files.walk(work)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
