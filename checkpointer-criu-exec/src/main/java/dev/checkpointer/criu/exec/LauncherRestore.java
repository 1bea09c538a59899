package dev.checkpointer.criu.exec;

import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.LazyPages;
import dev.checkpointer.criu.ProcessTree;
import dev.checkpointer.criu.Shell;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Restores with the launcher that people use, {@code bin/checkpointer restore}. A detached program outlives the launcher;
 * for a child of this JVM the launcher stays, and ends with the program's exit status.
 */
final class LauncherRestore {
    /** The launcher keeps the deadline itself; this is for a launcher that hangs. */
    private static final long EXTRA_SECONDS = 30;

    private static final long END_SECONDS = 10;
    private static final long POLL_MILLIS = 2;

    /** What a program that was killed ends with; the launcher has a status of its own where it was killed for its memory. */
    private static final int KILLED = 137;

    private final RestoreRequest request;
    private final Path pidFile;
    private final Path guardian;
    private final Path messages;

    private LauncherRestore(RestoreRequest request, Path scratch) {
        this.request = request;
        pidFile = scratch.resolve("pid");
        guardian = scratch.resolve("guardian");
        messages = scratch.resolve("messages");
    }

    static RestoredProcess run(CriuCommand criu, RestoreRequest request) throws EngineException {
        Path scratch = null;
        try {
            scratch = Files.createTempDirectory("checkpointer").toAbsolutePath();
            return new LauncherRestore(request, scratch).run(criu.path());
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.NOT_WRITABLE,
                    "cannot use a working directory: " + e,
                    "Set java.io.tmpdir to a directory that this user may write");
        } finally {
            if (scratch != null) {
                delete(scratch);
            }
        }
    }

    private RestoredProcess run(Path criu) throws EngineException, IOException {
        var launcher = start(LauncherArguments.of(criu, request, pidFile, guardian, messages));
        try {
            await(launcher);
        } catch (InterruptedException e) {
            end(launcher);
            Thread.currentThread().interrupt();
            var log = LauncherFailure.of(0, messages()).log();
            throw new EngineException(
                    FailureKind.INTERRUPTED, "interrupted during the restore", "", List.of(), log.orElse(null));
        } catch (EngineException e) {
            end(launcher);
            throw e;
        }
        var pid = pid();
        if (pid.isEmpty()) {
            throw LauncherFailure.of(launcher.exitValue(), messages());
        }
        var exitStatus = request.child()
                ? Optional.of(launcher.onExit().thenApply(Process::exitValue))
                : Optional.<CompletableFuture<Integer>>empty();
        return request.lazy() ? lazy(pid.get(), exitStatus) : new RestoredProcess(pid.get(), exitStatus);
    }

    /** The launcher has told its guardian's PID and working directory. */
    private RestoredProcess lazy(long pid, Optional<CompletableFuture<Integer>> exitStatus) throws IOException {
        var words = text(guardian).strip().split(" ", 2);
        var work = Path.of(words[1]);
        var memory = LazyPages.memory(Long.parseLong(words[0]), work, request.imageDirectory());
        return new RestoredProcess(
                pid,
                exitStatus.map(future -> future.thenApply(status -> LazyPages.lost(work) ? KILLED : status)),
                Optional.of(memory));
    }

    /** Streams that are not this JVM's are left to the launcher, which opens them when it has looked at the image. */
    private Process start(List<String> arguments) throws EngineException {
        var command = new ArrayList<>(List.of(
                "sh", "-c", Shell.read(LauncherRestore.class.getResourceAsStream("checkpointer")), "checkpointer"));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command)
                .redirectInput(inherited(request.input(), Redirect.from(new File("/dev/null"))))
                .redirectOutput(inherited(request.output(), Redirect.DISCARD))
                .redirectError(inherited(request.error(), Redirect.DISCARD));
        builder.environment().put("TMPDIR", System.getProperty("java.io.tmpdir"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.UNAVAILABLE, "cannot start the launcher: " + e.getMessage(), "Install a shell");
        }
    }

    private static Redirect inherited(Redirect stream, Redirect otherwise) {
        return stream.type() == Redirect.Type.INHERIT ? stream : otherwise;
    }

    /** Returns when the launcher has ended, or earlier when it has told the PID of a child. */
    private void await(Process launcher) throws InterruptedException, EngineException {
        long end = System.nanoTime() + request.timeout().toNanos() + TimeUnit.SECONDS.toNanos(EXTRA_SECONDS);
        while (!launcher.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            if (request.child() && Files.exists(pidFile)) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                throw new EngineException(
                        FailureKind.TIMEOUT,
                        "the launcher hangs: the program of " + request.imageDirectory() + " does not run",
                        "Look whether a named pipe of the request waits for its other end");
            }
        }
    }

    private Optional<Long> pid() throws IOException {
        return Files.exists(pidFile) ? Optional.of(Long.valueOf(text(pidFile).strip())) : Optional.empty();
    }

    private List<String> messages() throws IOException {
        return text(messages).lines().toList();
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    }

    /**
     * Ends what the launcher has started. The launcher itself is left to notice and to end, since only it knows the PID of
     * a program that is detached already.
     */
    private void end(Process launcher) throws EngineException, IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        while (launcher.isAlive() && System.nanoTime() < end) {
            for (var child : launcher.children().toList()) {
                ProcessTree.kill(child.pid());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        }
        launcher.destroyForcibly();
        var pid = pid();
        if (pid.isPresent()) {
            ProcessTree.kill(pid.get());
        }
    }

    private static void delete(Path scratch) {
        try (var files = Files.list(scratch)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(scratch);
        } catch (IOException e) {
            System.getLogger("dev.checkpointer")
                    .log(System.Logger.Level.WARNING, "cannot remove " + scratch + ": " + e);
        }
    }
}
