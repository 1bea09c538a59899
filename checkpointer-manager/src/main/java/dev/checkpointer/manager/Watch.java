package dev.checkpointer.manager;

import com.sun.jna.LastErrorException;
import dev.checkpointer.manager.Native.PollDescriptor;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;

/** Tells of the ends of processes, whoever's children they are. One thread, which sleeps meanwhile. Safe for several threads. */
final class Watch implements Closeable {
    private record Watched(Pidfd process, Runnable ended) {}

    private final List<Watched> watched = new ArrayList<>();
    private final Executor executor;
    private final int event = Native.event();
    private final Thread thread = new Thread(this::run, "checkpointer-watch");
    private boolean closed;

    /** Callbacks run on the executor. */
    Watch(Executor executor) {
        this.executor = executor;
        thread.setDaemon(true);
        thread.start();
    }

    /** Also when it has ended already. */
    void add(ProcessIdentity process, Runnable ended) {
        var pidfd = Pidfd.open(process);
        if (pidfd.isEmpty()) {
            executor.execute(ended);
            return;
        }
        synchronized (this) {
            watched.add(new Watched(pidfd.get(), ended));
        }
        Native.wake(event);
    }

    private void run() {
        while (true) {
            List<Watched> now;
            synchronized (this) {
                if (closed) {
                    Native.close(event);
                    watched.forEach(one -> one.process().close());
                    return;
                }
                now = List.copyOf(watched);
            }
            look(now);
        }
    }

    private void look(List<Watched> now) {
        var descriptors = (PollDescriptor[]) new PollDescriptor().toArray(now.size() + 1);
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i].descriptor =
                    i == now.size() ? event : now.get(i).process().descriptor();
            descriptors[i].events = Native.POLLIN;
        }
        try {
            Native.poll(descriptors, -1);
        } catch (LastErrorException e) {
            return; // interrupted by a signal
        }
        if (descriptors[now.size()].happened != 0) {
            Native.rest(event);
        }
        var ended = new ArrayList<Watched>();
        synchronized (this) {
            for (Iterator<Watched> i = watched.iterator(); i.hasNext(); ) {
                var one = i.next();
                int at = now.indexOf(one);
                if (at >= 0 && descriptors[at].happened != 0) {
                    i.remove();
                    ended.add(one);
                }
            }
        }
        for (var one : ended) {
            one.process().close();
            executor.execute(one.ended());
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        Native.wake(event);
    }
}
