package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Keeps as many clones of an image restored, and stopped, as somebody wants, so that one of them goes on within milliseconds. Another
 * takes the place of each that went on or was lost. Safe for use by several threads.
 */
final class Standbys implements Closeable {
    private static final int MOST_DOUBLINGS = 6;

    private final Services services;
    private final Images images;
    private final Events events;
    private final Path file;
    private final Map<String, Integer> wanted = new TreeMap<>();
    private final Map<String, String> problems = new HashMap<>();
    /** In a row; clones that do not stay are not restored without a pause. */
    private final Map<String, Integer> failures = new HashMap<>();

    /** One restore at a time: what is asked for at the moment is not to wait for these. */
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(Standbys::thread);

    private final Runnable deaf;

    /** With what an earlier daemon was to keep. */
    Standbys(Services services, Images images, Events events, Path file) throws IOException {
        this.services = services;
        this.images = images;
        this.events = events;
        this.file = file;
        if (Files.exists(file)) {
            Documents.read(file).forEach((image, count) -> wanted.put(image, (Integer) count));
        }
        deaf = events.listen(Long.MAX_VALUE, this::hear);
        services.list().stream()
                .flatMap(service -> service.standbyOf().stream())
                .forEach(this::plan);
        wanted.keySet().forEach(this::plan);
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(work, "checkpointer-standby");
        thread.setDaemon(true);
        return thread;
    }

    /** One that has ended is to be replaced. */
    private void hear(Events.Event event) {
        if (event.type().equals("service.dead") || event.type().equals("service.stopped")) {
            submit(() -> lose(event.id()), 0);
        }
    }

    private void submit(Runnable work, long seconds) {
        try {
            worker.schedule(work, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // the daemon ends; the next one looks again
        }
    }

    private void plan(String image) {
        submit(() -> fill(image), 0);
    }

    private void lose(String id) {
        for (var service : services.list()) {
            var image = service.standbyOf();
            if (service.id().equals(id) && image.isPresent() && !service.state().busy()) {
                var why = String.valueOf(service.document().get("reason"));
                remove(service);
                failed(image.get(), "a standby has ended: " + why);
            }
        }
    }

    private void remove(Service service) {
        try {
            services.remove(service);
        } catch (ManagerException e) {
            events.tell("standby.left", service.id(), e.getMessage());
        }
    }

    private void failed(String image, String why) {
        int pause;
        synchronized (this) {
            problems.put(image, why);
            pause = 1 << Math.min(failures.merge(image, 1, Integer::sum) - 1, MOST_DOUBLINGS);
        }
        events.tell("standby.failed", image, why);
        submit(() -> fill(image), pause);
    }

    /** Runs on the worker alone. */
    private void fill(String image) {
        try {
            while (ready(image).size() < wanted(image)) {
                services.prepare(images.find(image));
                synchronized (this) {
                    problems.remove(image);
                }
                events.tell("standby.ready", image, "");
            }
            var spare = ready(image);
            for (var service : spare.subList(Math.min(wanted(image), spare.size()), spare.size())) {
                service.end();
                remove(service);
            }
        } catch (ManagerException e) {
            var why = e.getMessage().lines().filter(line -> !line.strip().startsWith("log: "));
            failed(image, why.collect(Collectors.joining("\n"))); // the log went with the service
        }
    }

    synchronized int wanted(String image) {
        return wanted.getOrDefault(image, 0);
    }

    private List<Service> ready(String image) {
        return services.list().stream()
                .filter(service -> service.state() == ServiceState.STANDBY)
                .filter(service -> service.standbyOf().equals(Optional.of(image)))
                .toList();
    }

    /** Keeps so many from now on; returns at once. */
    Map<String, Object> keep(StoredImage image, int count) throws ManagerException {
        synchronized (this) {
            var before = wanted.get(image.id());
            if (count == 0) {
                wanted.remove(image.id());
            } else {
                wanted.put(image.id(), count);
            }
            try {
                Documents.write(file, wanted);
            } catch (IOException e) {
                wanted.remove(image.id());
                if (before != null) {
                    wanted.put(image.id(), before);
                }
                throw new ManagerException(Kind.FAILED, "cannot write " + file + ": " + e, "", e);
            }
            problems.remove(image.id());
            failures.remove(image.id());
        }
        plan(image.id());
        return document(image);
    }

    /** As JSON has it. */
    synchronized Map<String, Object> document(StoredImage image) {
        var document = new LinkedHashMap<String, Object>();
        document.put("image", image.id());
        document.put("count", wanted(image.id()));
        document.put("ready", ready(image.id()).size());
        if (problems.containsKey(image.id())) {
            document.put("problem", problems.get(image.id()));
        }
        return document;
    }

    /** Lets one of them go on, as a service of its own; when none is ready at the moment, one is restored. */
    Service activate(StoredImage image, Restore told, Optional<String> name, boolean waitReady)
            throws ManagerException {
        if (wanted(image.id()) == 0) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "no standbys of image " + image.id() + " are kept",
                    "Keep some first: service standby --from " + image.id() + " --count 1");
        }
        try {
            for (var service : ready(image.id())) {
                if (service.activation().claim()) {
                    return activate(service, told, name, waitReady);
                }
            }
            return services.restoreNew(image, told, name);
        } finally {
            synchronized (this) {
                failures.remove(image.id());
            }
            plan(image.id());
        }
    }

    private Service activate(Service service, Restore told, Optional<String> name, boolean waitReady)
            throws ManagerException {
        try {
            services.rename(service, name);
            service.activation().requireHears(told);
        } catch (ManagerException e) {
            service.activation().unclaim();
            throw e;
        }
        service.activation().activate(told, waitReady);
        return service;
    }

    @Override
    public void close() {
        deaf.run();
        worker.shutdownNow();
    }
}
