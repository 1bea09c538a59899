package dev.checkpointer.agent;

import dev.checkpointer.PreparedCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.crac.RestoreException;

/**
 * The time between beforeCheckpoint and afterRestore, while another process dumps this one. It ends when somebody says
 * so, when this turns out to be the restored program, when the process that was to dump has ended, or when the deadline
 * has passed; whatever comes first. Only during this time a thread looks every millisecond.
 */
final class Window {
    private static final long PAUSE_NANOS = 1_000_000;

    private final PreparedCheckpoint prepared;
    /** In /proc. Looked at by its name alone: a file that is open when CRIU comes would be wanted at restore. */
    private final Optional<Path> dumper;

    private final long deadline;
    private final Consumer<Connection> reopenSocket;
    private final Consumer<Ending> report;
    private volatile Ending ending;

    Window(PreparedCheckpoint prepared, Options options, Consumer<Connection> reopenSocket, Consumer<Ending> report) {
        this.prepared = prepared;
        this.dumper = options.dumper().map(process -> Path.of("/proc", Long.toString(process.pid())));
        this.deadline = System.nanoTime() + cappedNanos(options.timeout());
        this.reopenSocket = reopenSocket;
        this.report = report;
    }

    private static long cappedNanos(Duration timeout) {
        return Math.min(timeout.toNanos(), Long.MAX_VALUE / 2);
    }

    void watch() {
        var thread = new Thread(this::look, "checkpointer-window");
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        while (ending == null) {
            if (prepared.restored()) {
                end(Ending.How.RESTORED, null);
            } else if (dumper.isPresent() && Files.notExists(dumper.get())) {
                end(Ending.How.DUMPER_ENDED, null);
            } else if (System.nanoTime() > deadline) {
                end(Ending.How.TIMED_OUT, null);
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** The first call runs afterRestore, the others wait for it. All get the same answer. */
    synchronized Ending end(Ending.How how, Connection client) {
        if (ending != null) {
            return ending;
        }
        // The dump and the restore may have taken place since the caller looked.
        var actual = prepared.restored() ? Ending.How.RESTORED : how;
        reopenSocket.accept(client);
        var failures = new ArrayList<Throwable>();
        Keeper.foreground(() -> {
            try {
                prepared.end();
            } catch (RestoreException e) {
                failures.addAll(Arrays.asList(e.getSuppressed()));
            }
        });
        var result = new Ending(actual, failures);
        report.accept(result);
        ending = result;
        return result;
    }
}
