package dev.checkpointer.agent;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.PreparedCheckpoint;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.crac.CheckpointException;
import org.crac.RestoreException;

/** The checkpoints that come through the control socket, one at a time, and what became of them. */
final class Checkpoints {
    enum State {
        /** No checkpoint is under way. */
        IDLE,
        /** The resources are being notified. */
        PREPARING,
        /** They were notified, and a dump is expected. */
        PREPARED,
        /** The program dumps itself. */
        DUMPING
    }

    private final ControlSocket socket;
    private volatile State state = State.IDLE;
    private volatile Ending last;
    private volatile int checkpoints;
    private volatile int restores;
    private Window window;
    private volatile Keeper keeper;

    Checkpoints(ControlSocket socket) {
        this.socket = socket;
    }

    ControlSocket socket() {
        return socket;
    }

    /** For people and programs. */
    Answer status() {
        var line = "state=" + state.name().toLowerCase(Locale.ROOT)
                + " pid=" + ProcessHandle.current().pid()
                + " checkpoints=" + checkpoints
                + " restores=" + restores
                + " last="
                + (last == null
                        ? "none"
                        : last.how().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return Answer.ok(last == null ? List.of() : last.details(), line);
    }

    /**
     * Notifies the resources before a dump by somebody else. When that went well the client gets its answer and loses its
     * connection, and nothing is left to be said.
     */
    Answer before(Options options, Connection client) {
        PreparedCheckpoint prepared;
        try {
            prepared = prepare(options, this::settle);
        } catch (CheckpointException e) {
            return failed(e, "nothing was prepared");
        }
        List<String> sizes;
        try {
            var shrunk = prepared.shrinkHeap();
            sizes = options.sizes() ? lines(shrunk) : List.of();
            closeSocket(options, client);
        } catch (RuntimeException | Error e) {
            new Window(prepared, options, this::reopen, this::ended).end(Ending.How.ABORTED, client);
            throw e;
        }
        var next = new Window(prepared, options, this::reopen, this::ended);
        synchronized (this) {
            window = next;
            state = State.PREPARED;
        }
        if (dismiss(client, Answer.ok(sizes, "prepared for a dump"))) {
            next.watch();
        } else {
            next.end(Ending.How.ABORTED, client);
        }
        return Answer.ok("");
    }

    private static List<String> lines(Map<String, String> sizes) {
        return sizes.entrySet().stream()
                .map(size -> size.getKey() + "=" + size.getValue())
                .toList();
    }

    /** Before anybody can end the window, which opens the socket again. */
    private void closeSocket(Options options, Connection client) {
        if (options.dumper().isPresent()) {
            socket.close(client);
        } else {
            socket.closeConnections(client);
        }
    }

    /** Ends what {@link #before} began. */
    Answer after(Ending.How how, Connection client) {
        Window current;
        synchronized (this) {
            current = window;
            if (current == null && state != State.IDLE) {
                return Answer.error("a checkpoint is under way: " + state.name().toLowerCase(Locale.ROOT));
            }
        }
        if (current != null) {
            return current.end(how, client).answer();
        }
        if (how == Ending.How.ABORTED) {
            return Answer.ok("no checkpoint is prepared");
        }
        return last == null ? Answer.error("no checkpoint was prepared") : last.answer();
    }

    /** Dumps this program itself. The answer can only say that the dump begins; the status tells how it went. */
    Answer dump(Options options, Connection client) {
        final PreparedCheckpoint prepared;
        try {
            prepared = prepare(options, this::check);
        } catch (CheckpointException e) {
            return failed(e, "nothing was dumped");
        }
        state = State.DUMPING;
        socket.close(client);
        boolean told = dismiss(client, Answer.ok("the dump begins"));
        Keeper.foreground(() -> ended(dumpOrEnd(prepared, options, told)));
        return Answer.ok("");
    }

    private Ending dumpOrEnd(PreparedCheckpoint prepared, Options options, boolean told) {
        Ending ending;
        try {
            if (told) {
                var outcome = prepared.dump(options.request());
                var how = outcome == CheckpointOutcome.RESTORED ? Ending.How.RESTORED : Ending.How.CONTINUED;
                ending = new Ending(how, List.of());
            } else {
                prepared.end();
                ending = new Ending(Ending.How.ABORTED, List.of());
            }
        } catch (RestoreException e) {
            ending = new Ending(Ending.How.RESTORED, List.of(e.getSuppressed()));
        } catch (CheckpointException | RuntimeException | Error e) {
            ending = Ending.failed(e);
        }
        socket.reopen();
        return ending;
    }

    /** Looks at the descriptors. */
    private interface Look {
        void at(PreparedCheckpoint prepared, Options options) throws CheckpointException;
    }

    private PreparedCheckpoint prepare(Options options, Look look) throws CheckpointException {
        synchronized (this) {
            if (state != State.IDLE) {
                throw refused(new IllegalStateException("a checkpoint is already under way"));
            }
            state = State.PREPARING;
            keeper = Keeper.start();
        }
        boolean done = false;
        try {
            var prepared = Notification.run(options.timeout());
            try {
                if (options.looks()) {
                    look.at(prepared, options);
                }
                done = true;
                return prepared;
            } catch (CheckpointException e) {
                end(prepared, e);
                throw e;
            }
        } finally {
            if (!done) {
                keeper.release();
                state = State.IDLE;
            }
        }
    }

    private void settle(PreparedCheckpoint prepared, Options options) throws CheckpointException {
        prepared.settleDescriptors(options.request(), Set.of(socket.path()));
    }

    private void check(PreparedCheckpoint prepared, Options options) throws CheckpointException {
        try {
            var obstacles = Checkpointer.obstacles(options.request(), Set.of(socket.path()));
            if (!obstacles.isEmpty()) {
                throw refused(obstacles.toArray(Throwable[]::new));
            }
        } catch (EngineException e) {
            throw refused(e);
        }
    }

    private static CheckpointException refused(Throwable... causes) {
        var exception = new CheckpointException(causes[0].getMessage());
        for (var cause : causes) {
            exception.addSuppressed(cause);
        }
        return exception;
    }

    private static void end(PreparedCheckpoint prepared, CheckpointException failure) {
        Keeper.foreground(() -> {
            try {
                prepared.end();
            } catch (RestoreException e) {
                for (var cause : e.getSuppressed()) {
                    failure.addSuppressed(cause);
                }
            }
        });
    }

    private Answer failed(CheckpointException failure, String verdict) {
        var ending = Ending.failed(failure);
        last = ending;
        return Answer.error(ending.details(), verdict);
    }

    /** No connection may be open in a dump: the client's end would not be in the image. */
    private static boolean dismiss(Connection client, Answer answer) {
        try (client) {
            client.write(answer);
            return true;
        } catch (IOException e) {
            return false; // the client has gone and will dump nothing
        }
    }

    private void reopen(Connection client) {
        socket.close(client);
        socket.reopen();
    }

    private void ended(Ending ending) {
        checkpoints++;
        if (ending.how() == Ending.How.RESTORED) {
            restores++;
        }
        last = ending;
        keeper.release();
        synchronized (this) {
            window = null;
            state = State.IDLE;
        }
    }
}
