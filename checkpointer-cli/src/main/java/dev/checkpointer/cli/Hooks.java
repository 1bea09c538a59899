package dev.checkpointer.cli;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.cli.jvm.Agent;
import dev.checkpointer.cli.jvm.AgentAnswer;
import dev.checkpointer.cli.jvm.AgentConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The notification of a program around its dump, by its agent ({@code docs/agent-protocol.md}). What {@link #begin} began
 * is over when {@link #end} returns. For one thread.
 */
final class Hooks {
    /** How the program came to its agent. */
    enum Source {
        PRESENT,
        LOADED
    }

    /** Beyond the deadline that the agent itself keeps: it makes the heap small then. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** What the agent says while a checkpoint has not come to its end. */
    private static final String UNDER_WAY = "a checkpoint is already under way";

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 2;

    private final CheckpointRequest request;
    private final long pid;
    private final Duration timeout;
    private final Agent agent;
    private final Source source;
    private Dumper dumper;
    private boolean prepared;

    private Hooks(CheckpointRequest request, Agent agent, Source source) {
        this.request = request;
        this.pid = request.pid().orElseThrow();
        this.timeout = request.timeout();
        this.agent = agent;
        this.source = source;
    }

    /** Finds the agent, or loads one where that is allowed. */
    static Hooks of(CheckpointRequest request, boolean attach) throws CommandException, InterruptedException {
        long pid = request.pid().orElseThrow();
        var present = Agent.of(pid);
        if (present.isPresent()) {
            return new Hooks(request, present.get(), Source.PRESENT);
        }
        if (!attach) {
            throw new CommandException(
                    ExitStatus.REFUSED,
                    "process " + pid + " has no agent, and --no-attach forbids to load one",
                    "Leave out --no-attach, or add --no-hooks to dump the program as it is");
        }
        return new Hooks(request, new AgentLoader(pid).load(request.timeout()), Source.LOADED);
    }

    Source source() {
        return source;
    }

    /**
     * Returns when beforeCheckpoint has run, and the agent has closed its end of the connection: sizes of the heap, as lines of
     * the manifest.
     */
    Map<String, String> begin() throws CommandException, InterruptedException {
        long start = System.nanoTime();
        prepared = true; // or about to be
        var answer = askBefore();
        while (busy(answer) && System.nanoTime() - start < ANSWER.toNanos()) {
            Thread.sleep(PAUSE_MILLIS);
            answer = askBefore();
        }
        if (!answer.ok()) {
            prepared = false;
            boolean inTime = System.nanoTime() - start < timeout.toNanos();
            throw inTime ? refusal(answer) : late(answer.details(), null);
        }
        return answer.details().stream()
                .filter(line -> line.matches("(heap|resident)\\.(before|after)=\\d{1,18}"))
                .map(line -> line.split("="))
                .collect(Collectors.toMap(size -> size[0], size -> size[1], (one, other) -> one, TreeMap::new));
    }

    /** A program that was restored just now may not have done its afterRestore yet. */
    private static boolean busy(AgentAnswer answer) {
        return !answer.ok() && answer.details().stream().anyMatch(line -> line.contains(UNDER_WAY));
    }

    private AgentAnswer askBefore() throws CommandException, InterruptedException {
        try {
            return AgentConnection.ask(agent, line(), timeout.plus(GRACE));
        } catch (IOException e) {
            prepared = TargetProcess.runs(pid);
            throw silence(e);
        } catch (TimeoutException e) {
            throw late(List.of(), e);
        }
    }

    /** Where the program has no rules about its descriptors this command looks at them, and tells of them as without an agent. */
    private String line() throws IOException {
        var line = "before-checkpoint check=rules sizes=true tcp="
                + request.tcp().name().toLowerCase(Locale.ROOT) + " ghost.limit=" + request.ghostLimit() + " timeout="
                + timeout.toMillis() + "ms";
        if (TargetProcess.samePidNamespace(Path.of("/proc", Long.toString(pid)))) {
            dumper = dumper == null ? Dumper.start() : dumper;
            line += " dumper=" + dumper.pid();
        }
        return line;
    }

    private CommandException refusal(AgentAnswer answer) {
        boolean told = !answer.details().isEmpty();
        return new CommandException(
                ExitStatus.REFUSED,
                "process " + pid + " refuses the checkpoint: "
                        + (told ? answer.details().get(0) : answer.text()),
                "Nothing was dumped, and the program goes on. Add --no-hooks to dump it without asking it",
                told ? answer.details().subList(1, answer.details().size()) : List.of(),
                null);
    }

    private CommandException late(List<String> details, Exception cause) {
        return new CommandException(
                ExitStatus.DEADLINE,
                "process " + pid + " was not ready to be dumped within " + timeout.toMillis() + " ms",
                "Nothing was dumped, and the program goes on. Allow more with --timeout, or add --no-hooks to dump it"
                        + " without asking it",
                details,
                cause);
    }

    private CommandException silence(IOException cause) throws InterruptedException {
        long end = System.nanoTime() + ANSWER.toNanos();
        while (TargetProcess.runs(pid) && System.nanoTime() < end) {
            Thread.sleep(PAUSE_MILLIS);
        }
        return new CommandException(
                ExitStatus.REFUSED,
                TargetProcess.runs(pid)
                        ? "the agent of process " + pid + " does not answer: " + cause.getMessage()
                        : "process " + pid + " has ended during its beforeCheckpoint",
                "Nothing was dumped. Look at what the program wrote, or add --no-hooks to dump it without asking it",
                List.of(),
                cause);
    }

    /** The program has ended with the dump, and is told at its restore by its own agent. */
    void leave() {
        if (dumper != null) {
            dumper.close();
        }
    }

    /**
     * Says that the checkpoint is over, and waits until afterRestore has run where anything was begun. Not to be interrupted.
     *
     * @return what failed; empty when all is well
     */
    List<String> end() {
        boolean interrupted = Thread.interrupted();
        try {
            leave();
            return prepared ? afterRestore() : List.of();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The control socket comes back when the agent has noticed, and the state is idle when it is done. */
    private List<String> afterRestore() {
        long end = System.nanoTime() + timeout.toNanos();
        while (TargetProcess.runs(pid)) {
            var answer = ask();
            if (answer.isPresent() && answer.get().text().startsWith("state=idle")) {
                return answer.get().details();
            }
            if (System.nanoTime() > end) {
                return List.of(
                        "afterRestore of process " + pid + " has not come back within " + timeout.toMillis() + " ms");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return List.of("interrupted while afterRestore of process " + pid + " ran");
            }
        }
        return List.of("process " + pid + " has ended");
    }

    private Optional<AgentAnswer> ask() {
        var now = Agent.of(pid);
        if (now.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (dumper == null) {
                AgentConnection.ask(now.get(), "abort", timeout);
            }
            return Optional.of(AgentConnection.ask(now.get(), "status", ANSWER));
        } catch (IOException | TimeoutException e) {
            return Optional.empty(); // asked again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
