package dev.checkpointer.internal.jvm;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.internal.clones.CloneIdentity;
import dev.checkpointer.internal.context.OrderedContext;
import dev.checkpointer.internal.proc.ProcStat;
import dev.checkpointer.internal.restore.RestoreChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crac.CheckpointException;
import javax.crac.RestoreException;

/**
 * One checkpoint of this JVM between its two notifications. Whoever begins a round has to end it; the first to do so
 * runs what belongs to it, all others wait for that. Safe for use by several threads.
 */
public final class Round {
    private static final long MOST_WARNING_MILLIS = 1000;

    private final OrderedContext context;
    private final Runnable release;
    private final long startTime = startTime();
    private final List<Runnable> undo = new ArrayList<>();
    private Thread warning;
    private static volatile boolean warned;

    private Optional<RestoreChannel> channel = Optional.empty();
    private Optional<CloneIdentity> identity = Optional.empty();
    private boolean over;
    private List<Throwable> failures = List.of();

    /** The caller holds the coordinator's lock, which {@code release} gives back. */
    Round(OrderedContext context, Runnable release) {
        this.context = context;
        this.release = release;
    }

    /** Notifies the resources. When some fail, the round is over. */
    void begin() throws CheckpointException {
        History.INSTANCE.begun();
        Management.register();
        try {
            context.beforeCheckpoint(context);
        } catch (CheckpointException e) {
            throw undo(Arrays.asList(e.getSuppressed()));
        }
        identity = CloneIdentity.prepare();
        channel = RestoreChannel.open();
    }

    /**
     * Warns of what clones will have in common, once in a JVM. The first use of a logger takes long, so it happens on a thread
     * beside the preparation of the dump, which {@link #awaitWarning} waits for.
     */
    void warnOfClones() {
        if (!warned) {
            warned = true;
            CloneIdentity.warning(identity).ifPresent(message -> {
                warning = new Thread(() -> warn(message), "checkpointer: warning");
                warning.setDaemon(true);
                warning.start();
            });
        }
    }

    private static void warn(String message) {
        System.getLogger("dev.checkpointer.clones").log(System.Logger.Level.WARNING, message);
    }

    /** Waits until the warning is out. Not for ever: the caller may hold a lock that the program's logging needs. */
    void awaitWarning() {
        if (warning != null) {
            try {
                warning.join(MOST_WARNING_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Makes the heap small where the settings do not forbid it, until the round is over.
     *
     * @return sizes before and after, as lines of the manifest; empty when nothing was done
     */
    public synchronized Map<String, String> shrinkHeap() {
        if (over || !Settings.current().text(Setting.HEAP).orElseThrow().equals("shrink")) {
            return Map.of();
        }
        var sizes = new LinkedHashMap<String, String>();
        MemorySizes.now().note("before", sizes);
        undo.add(HeapShrink.shrink());
        MemorySizes.now().note("after", sizes);
        return sizes;
    }

    /**
     * Whether this process came from an image since the round began. A restored process has a later start time.
     *
     * @return true in the restored program alone
     */
    public boolean restored() {
        return startTime() != startTime;
    }

    /**
     * Ends the round: takes back what was prepared and notifies the resources, unless somebody did so already.
     *
     * @return false when it was over before
     * @throws RestoreException when resources fail; every cause is suppressed. Each caller gets the same causes
     */
    public synchronized boolean end() throws RestoreException {
        boolean first = !over;
        if (first) {
            over = true;
            try {
                undo.forEach(Runnable::run);
                boolean restored = restored();
                var causes = new ArrayList<Throwable>();
                if (restored) {
                    History.INSTANCE.restored();
                    AttachSocket.forget(ProcessHandle.current().pid());
                    renewIdentity(causes);
                    receive(causes);
                } else {
                    channel.ifPresent(RestoreChannel::close);
                }
                notifyResources(causes);
                tellReady(causes);
                History.INSTANCE.ended(restored);
                failures = List.copyOf(causes);
            } finally {
                release.run();
            }
        }
        if (!failures.isEmpty()) {
            var exception = new RestoreException(failures.size() + " failure(s) in afterRestore");
            failures.forEach(exception::addSuppressed);
            throw exception;
        }
        return first;
    }

    private void renewIdentity(List<Throwable> causes) {
        try {
            if (identity.isPresent()) {
                identity.get().renew();
            }
        } catch (IOException | ReflectiveOperationException | RuntimeException e) {
            causes.add(new IllegalStateException("this program may draw the same random numbers as its clones", e));
        }
    }

    private void receive(List<Throwable> causes) {
        try {
            if (channel.isPresent()) {
                channel.get().receive();
            } else {
                RestoreChannel.receiveNothing();
            }
        } catch (IOException | RuntimeException e) {
            causes.add(e);
        }
    }

    private void tellReady(List<Throwable> causes) {
        try {
            if (channel.isPresent()) {
                channel.get().tellReady(List.copyOf(causes));
            }
        } catch (IOException e) {
            causes.add(e);
        }
    }

    private void notifyResources(List<Throwable> causes) {
        try {
            context.afterRestore(context);
        } catch (RestoreException e) {
            causes.addAll(List.of(e.getSuppressed()));
        }
    }

    /** Ends the round that came to nothing for these causes. */
    CheckpointException undo(List<Throwable> causes) {
        var all = new ArrayList<>(causes);
        try {
            end();
        } catch (RestoreException e) {
            all.addAll(Arrays.asList(e.getSuppressed()));
        }
        History.INSTANCE.failed(all);
        return Failures.checkpoint(all);
    }

    /** Zero where there is no {@code /proc}: nothing is restored there. */
    private static long startTime() {
        return ProcStat.read(ProcessHandle.current().pid())
                .map(ProcStat::startTime)
                .orElse(0L);
    }
}
