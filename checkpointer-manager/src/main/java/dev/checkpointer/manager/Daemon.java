package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps services and images, and answers requests about them. Nothing that it started ends with it: another daemon with the same
 * state finds all of it again. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class Daemon implements Closeable {
    private static final int THREADS = 4;
    private static final long ROTATION_SECONDS = 5;

    private final Layout layout;
    private final ScheduledExecutorService scheduler;
    private final Watch watch;
    private final Events events = new Events();
    private final Services services;
    private final Images images;
    private final Standbys standbys;
    private final Api api;
    private final Server server;

    /**
     * Starts it.
     *
     * @param options how it runs
     * @throws ManagerException when another one has the directory or the socket, or they cannot be used
     */
    public Daemon(DaemonOptions options) throws ManagerException {
        this(options, Bounds.USUAL);
    }

    Daemon(DaemonOptions options, Bounds bounds) throws ManagerException {
        layout = Layout.take(options.state());
        scheduler = Executors.newScheduledThreadPool(THREADS, Daemon::thread);
        watch = new Watch(scheduler);
        try {
            var store = new DirectoryImageStore(layout.images());
            var context =
                    new Context(layout, new Launcher(options.checkpointer()), store, events, watch, scheduler, options);
            services = new Services(context);
            store.tidy(services.images());
            images = new Images(store, events);
            standbys = new Standbys(services, images, events, layout.standby());
            api = new Api(services, images, standbys, events, store);
            server = new Server(options, bounds, api);
        } catch (IOException e) {
            end();
            throw new ManagerException(Kind.FAILED, "cannot use " + options.state() + ": " + e, "", e);
        } catch (ManagerException e) {
            end();
            throw e;
        }
        server.look(scheduler);
        scheduler.scheduleWithFixedDelay(this::rotate, ROTATION_SECONDS, ROTATION_SECONDS, TimeUnit.SECONDS);
        var starter = System.getenv(StartNotification.VARIABLE);
        if (starter != null) {
            StartNotification.send(starter);
        }
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(work, "checkpointer-services");
        thread.setDaemon(true);
        return thread;
    }

    private void rotate() {
        for (var service : services.list()) {
            try {
                service.logs().rotate();
            } catch (IOException e) {
                events.tell("service.unrotated", service.id(), e.toString());
            }
        }
    }

    /**
     * The TCP port that it listens on.
     *
     * @return 0 when there is none
     */
    public int port() {
        return server.port();
    }

    /** What it can be asked for, as {@code GET /v1/services/{id}}. */
    List<String> routes() {
        return api.routes();
    }

    private void end() {
        watch.close();
        scheduler.shutdownNow();
        layout.release();
    }

    /** Ends the daemon, and nothing else. */
    @Override
    public void close() {
        server.close();
        standbys.close();
        end();
    }
}
