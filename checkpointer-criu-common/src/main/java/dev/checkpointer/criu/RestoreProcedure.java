package dev.checkpointer.criu;

import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * What engines that talk to CRIU's worker do for a restore besides that: they look at the image and at this machine, put
 * back what the JVM expects, choose a PID namespace where a PID is taken, and try again after a race with other processes.
 *
 * @since 0.1.0
 */
public final class RestoreProcedure {
    /** Many clones at once are in each other's way. */
    private static final int MOST_ATTEMPTS = 20;

    /** A process that has ended keeps its PID until its parent collects it. */
    private static final long COLLECTION_MILLIS = 50;

    private RestoreProcedure() {}

    /** Has a worker restore an image. */
    @FunctionalInterface
    public interface Worker {
        /**
         * Tries once. Nothing that was begun is left when this fails.
         *
         * @param attempt what to do
         * @return the program
         * @throws EngineException when it does not run
         */
        RestoredProcess restore(RestoreAttempt attempt) throws EngineException;

        /**
         * Whether this worker can give the program a PID namespace of its own. Where not, and a PID of the image is in use,
         * a restore waits a moment for the PID instead.
         *
         * @param request what is to be restored
         * @return true by default
         */
        default boolean makesNamespaces(RestoreRequest request) {
            return true;
        }

        /**
         * Whether CRIU lacks the rights of root, without which it sets no clock.
         *
         * @return true when this process lacks them, by default
         * @throws EngineException when that cannot be found out
         */
        default boolean unprivileged() throws EngineException {
            return ThisProcess.lacksRights();
        }
    }

    /**
     * Restores an image.
     *
     * @param request what to restore
     * @param criu the command
     * @param worker how to have it restored
     * @return the program
     * @throws EngineException when it does not run
     */
    public static RestoredProcess run(RestoreRequest request, CriuCommand criu, Worker worker) throws EngineException {
        try {
            return runInterruptibly(request, criu, worker);
        } catch (EngineException e) {
            // Wherever an interruption strikes, what fails next is its consequence.
            if (Thread.currentThread().isInterrupted() && e.kind() != FailureKind.INTERRUPTED) {
                throw new EngineException(FailureKind.INTERRUPTED, "interrupted during the restore", "");
            }
            throw e;
        }
    }

    private static RestoredProcess runInterruptibly(RestoreRequest request, CriuCommand criu, Worker worker)
            throws EngineException {
        long deadline = System.nanoTime() + request.timeout().toNanos();
        var image = Image.open(request.imageDirectory());
        if (!request.trust()) {
            image.requireTrusted();
        }
        if (request.verify()) {
            new ImageHashes(image).verify();
        }
        Preflight.check(image, criu, request);
        var clock = RestoredClock.require(image, worker.unprivileged());
        var streams = new Streams(request);
        streams.requireUsable();
        streams.inherited(image);
        AppendedFiles.makeMissing(image);
        var work = workDirectory();
        try (var child = ChildPid.claim(request, image, deadline)) {
            boolean namespace = request.pidNamespace() == PidNamespace.ALWAYS
                    || mayChooseNamespace(request, worker) && image.pidInUse();
            if (namespace) {
                child.release(); // the program gets another one
            }
            var first = new RestoreAttempt(request, criu, image, work, namespace, deadline, clock);
            var process = restore(first, worker);
            if (!request.lazy()) { // or else it is removed when the memory is there
                delete(work);
            }
            return process;
        } catch (IOException e) {
            throw new EngineException(FailureKind.OTHER, "cannot restore " + image.directory() + ": " + e, "");
        } catch (EngineException e) {
            if (e.log().isEmpty()) {
                delete(work);
            }
            throw e;
        }
    }

    private static RestoredProcess restore(RestoreAttempt first, Worker worker) throws EngineException {
        var attempt = first;
        for (int attempts = 1; ; attempts++) {
            PerformanceDataFile.putBack(attempt.image());
            try {
                return attempt.request().lazy() ? LazyPages.restore(attempt, worker) : worker.restore(attempt);
            } catch (EngineException e) {
                var request = attempt.request();
                boolean pidTaken = e.kind() == FailureKind.PID_TAKEN
                        && request.pidNamespace() == PidNamespace.AUTO
                        && !attempt.namespace();
                boolean inNamespace = pidTaken && mayChooseNamespace(request, worker);
                if (!inNamespace
                        && (attempts == MOST_ATTEMPTS || !(pidTaken && pause()) && !performanceDataWasTaken(e))) {
                    throw e;
                }
                empty(attempt.workDirectory());
                attempt = attempt.again(inNamespace);
            }
        }
    }

    private static boolean mayChooseNamespace(RestoreRequest request, Worker worker) {
        return request.pidNamespace() == PidNamespace.AUTO && worker.makesNamespaces(request);
    }

    private static boolean pause() {
        try {
            Thread.sleep(COLLECTION_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Another JVM removed the file between our putting it back and CRIU's opening it. */
    private static boolean performanceDataWasTaken(EngineException failure) {
        return failure.logLines().stream()
                .anyMatch(line ->
                        line.contains("hsperfdata_") && (line.contains("No such file") || line.contains("bad size")));
    }

    private static Path workDirectory() throws EngineException {
        try {
            return Files.createTempDirectory("checkpointer").toAbsolutePath();
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.NOT_WRITABLE,
                    "cannot make a working directory: " + e,
                    "Set java.io.tmpdir to a directory that this user may write");
        }
    }

    private static void empty(Path directory) throws EngineException {
        try {
            deleteBelow(directory);
        } catch (IOException e) {
            throw new EngineException(FailureKind.NOT_WRITABLE, "cannot empty " + directory + ": " + e, "");
        }
    }

    private static void delete(Path directory) {
        try {
            deleteBelow(directory);
            Files.delete(directory);
        } catch (IOException e) {
            System.getLogger("dev.checkpointer")
                    .log(System.Logger.Level.WARNING, "cannot remove " + directory + ": " + e);
        }
    }

    private static void deleteBelow(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.skip(1).sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
