package dev.checkpointer.criu;

import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What brings the memory of a program that is restored lazily: CRIU's daemon {@code criu lazy-pages}, and the shell that
 * watches it, ends the program when the daemon dies too early, and removes the work directory. Both outlive this JVM.
 *
 * @since 0.1.0
 */
public final class LazyPages {
    private static final String LOG = "lazy-pages.log";
    private static final String OUTPUT = "lazy-pages.out";
    private static final int LOST = 117; // the launcher's status, too

    private static final long CHECK_SECONDS = 10;

    /** Whoever adopted the guardian may take seconds to collect it, and the JDK's own waiting minds that. */
    private static final long POLL_MILLIS = 50;

    private final RestoreAttempt attempt;
    private final Process guardian;

    private LazyPages(RestoreAttempt attempt, Process guardian) {
        this.attempt = attempt;
        this.guardian = guardian;
    }

    /** Tries once to restore a program whose memory comes later. */
    static RestoredProcess restore(RestoreAttempt attempt, RestoreProcedure.Worker worker) throws EngineException {
        if (attempt.options().unprivileged()) {
            // CRIU looks for no userfaultfd then, whatever vm.unprivileged_userfaultfd allows.
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED,
                    "memory cannot be restored lazily by this user: CRIU uses userfaultfd for root alone",
                    "Restore eagerly, or as root with CAP_SYS_ADMIN");
        }
        var pages = new LazyPages(attempt, guardian(attempt));
        boolean restored = false;
        try {
            pages.awaitListening();
            var process = worker.restore(attempt);
            pages.tell(process.pid());
            restored = true;
            return new RestoredProcess(process.pid(), process.exitStatus(), Optional.of(pages.memory()));
        } finally {
            pages.release();
            if (!restored) {
                pages.awaitEnd();
            }
        }
    }

    private static Process guardian(RestoreAttempt attempt) throws EngineException {
        var work = attempt.workDirectory();
        var command = new ArrayList<>(List.of("setsid", "sh", "-c", script("lazy-pages.sh"), "lazy-pages"));
        command.addAll(List.of(script("hold-pages.pl"), work.toString()));
        command.addAll(List.of(attempt.image().directory().toString(), Integer.toString(LOST)));
        command.addAll(daemon(attempt));
        var builder = new ProcessBuilder(command).redirectError(errors(attempt.request()));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.TOOL_MISSING, "cannot start setsid: " + e.getMessage(), "Install util-linux");
        }
    }

    private static List<String> daemon(RestoreAttempt attempt) throws EngineException {
        var options = attempt.options();
        var command = new ArrayList<>(List.of(attempt.criu().path().toString(), "lazy-pages"));
        command.addAll(List.of("--images-dir", options.imagesDirectory().toString()));
        command.addAll(List.of("--work-dir", options.workDirectory().toString()));
        command.addAll(List.of("--log-file", LOG, "-v" + options.logLevel(), "--no-default-config"));
        return command;
    }

    private static String script(String name) {
        return Shell.read(LazyPages.class.getResourceAsStream(name));
    }

    /** Nobody else hears of a detached program. */
    private static Redirect errors(RestoreRequest request) {
        if (request.child()) {
            return Redirect.DISCARD;
        }
        var error = request.error();
        return error.file() == null ? error : Redirect.appendTo(error.file());
    }

    /** The daemon writes one byte when it listens. */
    private void awaitListening() throws EngineException {
        var first = CompletableFuture.supplyAsync(() -> {
            try {
                return guardian.getInputStream().read();
            } catch (IOException e) {
                return -1;
            }
        });
        try {
            if (first.get(attempt.remainingNanos(), TimeUnit.NANOSECONDS) < 0) {
                throw refused();
            }
        } catch (TimeoutException e) {
            throw attempt.timedOut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted during the restore", "");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Looks for the reason only now, since asking CRIU takes as long as a lazy restore. */
    private EngineException refused() throws EngineException {
        if (supported()) {
            return new EngineException(
                    FailureKind.OTHER,
                    "criu lazy-pages does not start, for a lazy restore of "
                            + attempt.image().directory(),
                    "Restore eagerly",
                    CriuLog.decisiveLines(
                            attempt.workDirectory().resolve(LOG),
                            List.of(),
                            attempt.workDirectory().resolve(OUTPUT)),
                    null);
        }
        return new EngineException(
                FailureKind.IMAGE_REFUSED,
                "memory cannot be restored lazily: userfaultfd is missing in this kernel, or forbidden (seccomp, or no CAP_SYS_PTRACE)",
                "Restore eagerly, or use a kernel of 4.11 or later with CONFIG_USERFAULTFD");
    }

    private boolean supported() {
        try {
            var check = new ProcessBuilder(attempt.criu().path().toString(), "check", "--feature", "uffd-noncoop")
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            boolean ended = check.waitFor(CHECK_SECONDS, TimeUnit.SECONDS);
            check.destroyForcibly();
            return ended && check.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void tell(long pid) throws EngineException {
        try {
            guardian.getOutputStream().write((pid + "\n").getBytes(StandardCharsets.US_ASCII));
            guardian.getOutputStream().flush();
        } catch (IOException e) {
            ProcessTree.kill(pid); // nobody watches its memory
            throw new EngineException(
                    FailureKind.KILLED, "what watches criu lazy-pages has ended: " + e.getMessage(), "Try again");
        }
    }

    /** From here on the work directory is the guardian's; without a program it ends. */
    private void release() {
        try {
            guardian.getOutputStream().close();
        } catch (IOException e) {
            // it has ended
        }
    }

    private void awaitEnd() {
        boolean interrupted = Thread.interrupted();
        try {
            if (!guardian.waitFor(CHECK_SECONDS, TimeUnit.SECONDS)) {
                ProcessTree.kill(guardian.pid());
            }
        } catch (InterruptedException | EngineException e) {
            interrupted = e instanceof InterruptedException || interrupted;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private CompletableFuture<Void> memory() {
        return guardian.onExit()
                .thenCompose(
                        ended -> memory(attempt.workDirectory(), attempt.image().directory()));
    }

    /**
     * What becomes of the memory of a program. The guardian removes the work directory when all of the memory is there or the
     * program has ended, and leaves it with the daemon's log otherwise.
     *
     * @param guardian the PID of the process that watches the daemon, which need not be a child
     * @param work the work directory
     * @param image the image
     * @return completes when the guardian has ended; with an {@link EngineException} when the memory was lost
     */
    public static CompletableFuture<Void> memory(long guardian, Path work, Path image) {
        if (ProcessTree.ended(guardian)) {
            return memory(work, image);
        }
        var later = CompletableFuture.delayedExecutor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        return CompletableFuture.runAsync(() -> {}, later).thenCompose(pause -> memory(guardian, work, image));
    }

    private static CompletableFuture<Void> memory(Path work, Path image) {
        if (!lost(work)) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.failedFuture(new EngineException(
                FailureKind.KILLED,
                "the memory of the program of " + image
                        + " was lost: criu lazy-pages died before all of it was there, and the program was ended",
                "Look at the log, or restore eagerly",
                CriuLog.decisiveLines(work.resolve(LOG), List.of(), work.resolve(OUTPUT)),
                work.resolve(LOG)));
    }

    /**
     * Whether the memory was lost. For when the guardian has ended.
     *
     * @param work its work directory
     * @return true when it left the daemon's log there
     */
    public static boolean lost(Path work) {
        return Files.exists(work.resolve(LOG));
    }
}
