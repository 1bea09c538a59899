package dev.checkpointer.criu;

import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One try to restore an image with CRIU's worker {@code criu swrk}: what to tell CRIU, how to start it, and what to make of
 * its end. A worker gets its request over a socket and answers with the PID of the restored program.
 *
 * @since 0.1.0
 */
public final class RestoreAttempt {
    /** The log's name in the work directory. */
    private static final String LOG = "restore.log";

    /** What CRIU and the scripts say besides the log. */
    private static final String OUTPUT = "criu.out";

    private static final int PROBE_BYTES = 4096;

    /**
     * CRIU stops each thread where it has come to its end, by a breakpoint of the processor or, where there are none, by following
     * its system calls. For the first breakpoint the kernel has all processors take notice, for 15 to 25 ms, in which CRIU
     * follows the calls of this many threads. {@code CRIU_FAULT} is CRIU's own switch for the other way.
     */
    private static final int TRACED_BY_CALLS = 200;

    private final RestoreRequest request;
    private final CriuCommand criu;
    private final Image image;
    private final Path work;
    private final boolean namespace;
    private final long deadline;
    private final RestoredClock clock;

    /** A process that has the program's PID already. It is not of our making. */
    private final Optional<ProcessHandle> other;

    RestoreAttempt(
            RestoreRequest request,
            CriuCommand criu,
            Image image,
            Path work,
            boolean namespace,
            long deadline,
            RestoredClock clock) {
        this.request = request;
        this.criu = criu;
        this.image = image;
        this.work = work;
        this.namespace = namespace;
        this.deadline = deadline;
        this.clock = clock;
        this.other = ProcessHandle.of(image.pid());
    }

    /** The next one, with the same deadline. */
    RestoreAttempt again(boolean inNamespace) {
        return new RestoreAttempt(request, criu, image, work, namespace || inNamespace, deadline, clock);
    }

    Image image() {
        return image;
    }

    /**
     * The request.
     *
     * @return what to restore
     */
    public RestoreRequest request() {
        return request;
    }

    /**
     * Whether the program gets a PID namespace of its own. CRIU's worker is PID 1 in there, and a supervisor takes its
     * place when the program runs, so that the worker's process does not end.
     *
     * @return true for a namespace
     */
    public boolean namespace() {
        return namespace;
    }

    /**
     * A directory for this restore alone. It is removed when the program runs, and kept for its log otherwise.
     *
     * @return an absolute path
     */
    public Path workDirectory() {
        return work;
    }

    /**
     * What to tell CRIU. What stands in for descriptors other than the standard streams is not in it, since only the engine
     * knows their numbers.
     *
     * @return the options
     * @throws EngineException when something of the request does not fit the image
     */
    public RestoreOptions options() throws EngineException {
        return new RestoreOptions(
                clock.images(work),
                work,
                LOG,
                request.logLevel(),
                image.tcp(),
                image.flag("file.locks"),
                image.flag("shell.job"),
                ThisProcess.lacksRights(),
                request.cgroups(),
                request.external(),
                new Streams(request).inherited(image),
                request.lazy(),
                request.child() && !namespace,
                request.child() && namespace,
                namespace ? supervisor() : List.of());
    }

    private List<String> supervisor() throws EngineException {
        try {
            var tasks = request.child() ? image.tasks() : List.<Long>of();
            return List.of(
                    "/bin/sh",
                    "-c",
                    Shell.read(RestoreAttempt.class.getResourceAsStream("supervisor.sh")),
                    "supervisor",
                    Long.toString(image.pid()),
                    String.join(" ", tasks.stream().map(Object::toString).toList()));
        } catch (IOException e) {
            throw new EngineException(FailureKind.IMAGE_INCOMPLETE, "cannot read " + image.directory() + ": " + e, "");
        }
    }

    /**
     * The command that starts the worker, with the program's standard streams as descriptors 4, 5 and 6, which must be
     * unused until then. Where the program is to be detached, the worker must not be a member of this JVM's session.
     *
     * @param socket the number of the socket's descriptor in the worker
     * @param newSession whether the command starts a session; not for a process that leads one already. In a PID namespace
     *     it always does
     * @return the command with its arguments
     */
    public List<String> command(String socket, boolean newSession) {
        var text = Shell.read(RestoreAttempt.class.getResourceAsStream("restore.sh"));
        var command = new ArrayList<>(List.of("sh", "-c", text, text, work.toString()));
        command.addAll(new Streams(request).words());
        command.add(namespace ? "namespace" : "here");
        if (taskCount() <= TRACED_BY_CALLS) {
            command.addAll(List.of("env", "CRIU_FAULT=130"));
        }
        if (newSession || namespace) {
            command.add("setsid");
        }
        command.addAll(
                List.of(criu.path().toString(), "swrk", socket, "--no-default-config", "--work-dir", work.toString()));
        if (request.lazy()) {
            command.add("--lazy-pages"); // the library has no function for it
        }
        return command;
    }

    private int taskCount() {
        try {
            return image.tasks().size();
        } catch (IOException e) {
            return Integer.MAX_VALUE; // CRIU will tell
        }
    }

    CriuCommand criu() {
        return criu;
    }

    /**
     * The PID as this JVM sees it.
     *
     * @param pid the PID as CRIU tells it
     * @return the same, or the one outside of the namespace
     * @throws EngineException when the program has ended already
     */
    public long visiblePid(long pid) throws EngineException {
        if (!namespace) {
            return pid;
        }
        return ProcessTree.below(starter(), pid)
                .orElseThrow(() -> new EngineException(
                        FailureKind.OTHER, "the program ended as soon as it was restored", "Look at its output"));
    }

    /**
     * The first process of {@code restore.sh}: CRIU's worker, or what made the namespace.
     *
     * @return its PID, 0 when it has not begun or is gone. The PID alone could be another process's by now
     */
    public long starter() {
        try {
            var words = Files.readString(work.resolve("pid")).strip().split(" ");
            long pid = Long.parseLong(words[0]);
            return ThisProcess.startTime(pid) == Long.parseLong(words[1]) ? pid : 0;
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return 0;
        }
    }

    /**
     * Nanoseconds until the deadline.
     *
     * @return zero or less when it has passed
     */
    public long remainingNanos() {
        return deadline - System.nanoTime();
    }

    /**
     * Ends the worker and everything that it has restored so far.
     *
     * @return the PID of what was restored as a child of this JVM, which is to be waited for; empty when there is none
     * @throws EngineException when that failed
     */
    public OptionalLong end() throws EngineException {
        boolean interrupted = Thread.interrupted(); // or files could not be read
        try {
            long starter = starter();
            if (starter > 0) {
                ProcessTree.kill(starter);
            }
            boolean begun = !namespace && (hasLogOpen(image.pid()) || isNewChild(image.pid()));
            if (begun) {
                ProcessTree.kill(image.pid());
            }
            if (!namespace) {
                endRemains();
            }
            if (begun) {
                return request.child() ? OptionalLong.of(image.pid()) : OptionalLong.empty();
            }
            return OptionalLong.empty();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Processes with which CRIU tries what the kernel can are stopped at times, and stay so when CRIU is killed. */
    private void endRemains() throws EngineException {
        long own = ProcessHandle.current().pid();
        for (var process : ProcessHandle.allProcesses().toList()) {
            if (process.pid() != own && hasLogOpen(process.pid())) {
                ProcessTree.kill(process.pid());
            }
        }
    }

    /** What CRIU is restoring has its log open until it runs. When CRIU was killed it is below nobody else any more. */
    private boolean hasLogOpen(long pid) {
        var log = work.resolve(LOG);
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (var descriptor : descriptors) {
                if (isSame(descriptor, log)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            return false; // there is no such process, or it is somebody else's
        }
    }

    private static boolean isSame(Path descriptor, Path file) {
        try {
            return Files.isSameFile(descriptor, file);
        } catch (IOException e) {
            return false; // one of them is not there
        }
    }

    /** A child of ours was made beside the worker, not below it. */
    private boolean isNewChild(long pid) {
        return request.child()
                && !other.equals(ProcessHandle.of(pid))
                && ProcessTree.parent(pid) == ProcessHandle.current().pid();
    }

    /**
     * The failure of a restore that took too long.
     *
     * @return the exception to throw
     */
    public EngineException timedOut() {
        return new EngineException(
                FailureKind.TIMEOUT,
                "the program of " + image.directory() + " did not run within " + DumpFailure.seconds(request.timeout())
                        + " s",
                "Look at the log, or set a later deadline",
                lines(List.of()),
                log());
    }

    /**
     * A failure of which the log knows more.
     *
     * @param said what CRIU said besides its log
     * @param message what happened, when nothing is known of the log
     * @return the exception to throw
     */
    public EngineException failed(List<String> said, String message) {
        var lines = lines(said);
        var known = KnownFailure.find(KnownFailure.Phase.RESTORE, lines);
        return new EngineException(
                known.map(KnownFailure::kind).orElse(FailureKind.OTHER),
                "cannot restore " + image.directory() + ": "
                        + known.map(KnownFailure::cause).orElse(message),
                known.map(KnownFailure::remedy).orElse("The log says more"),
                lines,
                log());
    }

    private Path log() {
        var log = work.resolve(LOG);
        return Files.exists(log) ? log : null;
    }

    private List<String> lines(List<String> said) {
        var lines = CriuLog.decisiveLines(work.resolve(LOG), said, work.resolve(OUTPUT));
        return lines.isEmpty() && isFull() ? List.of("No space left on device: " + work) : lines;
    }

    /** Where there is no room for CRIU's log, there is none for what it would say of that. */
    private boolean isFull() {
        var probe = work.resolve("room");
        try {
            Files.write(probe, new byte[PROBE_BYTES]);
            return false;
        } catch (IOException e) {
            return true;
        } finally {
            delete(probe);
        }
    }

    private static void delete(Path probe) {
        try {
            Files.deleteIfExists(probe);
        } catch (IOException e) {
            return; // it is removed with its directory
        }
    }
}
