package dev.checkpointer.manager;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Starts a service again whose program has ended by itself, with growing pauses. Safe for use by several threads. */
final class Restarts {
    private static final int FROM_IMAGE_TRIES = 3;
    private static final Duration STEADY = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final int MOST_DOUBLINGS = 7;

    private final Service service;
    private final ScheduledExecutorService scheduler;
    private int failures;
    private Future<?> planned;

    Restarts(Service service, ScheduledExecutorService scheduler) {
        this.service = service;
        this.scheduler = scheduler;
    }

    /** Somebody decides otherwise. */
    synchronized void cancel() {
        if (planned != null) {
            planned.cancel(false);
            planned = null;
        }
    }

    /** The program has ended; it ran for as long as the service was running. */
    synchronized void ended() {
        boolean wanted = switch (service.policy()) {
            case NEVER -> false;
            case ALWAYS, FROM_IMAGE -> true;
            case ON_FAILURE -> service.exitStatus().orElse(1) != 0;
        };
        if (!wanted) {
            return;
        }
        if (service.lasted().compareTo(STEADY) > 0) {
            failures = 0;
        }
        long pause = FIRST_PAUSE_MILLIS << Math.min(failures, MOST_DOUBLINGS);
        boolean fromImage = service.policy() == RestartPolicy.FROM_IMAGE && failures < FROM_IMAGE_TRIES;
        failures++;
        planned = scheduler.schedule(() -> again(fromImage), pause, TimeUnit.MILLISECONDS);
    }

    private void again(boolean fromImage) {
        try {
            var image = service.storedImage();
            if (fromImage && image.isPresent()) {
                service.restore(image.get(), Restore.PLAIN);
            } else {
                service.start();
            }
        } catch (ManagerException e) {
            ended();
        }
    }
}
