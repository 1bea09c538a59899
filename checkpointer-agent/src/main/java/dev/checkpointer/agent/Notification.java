package dev.checkpointer.agent;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.PreparedCheckpoint;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.crac.CheckpointException;
import org.crac.RestoreException;

/** Notifies the program's resources on a thread of their own, so that one that hangs does not hold up the client. */
final class Notification {
    private static final int FRAMES = 5;

    private static volatile Thread current;

    private final CompletableFuture<PreparedCheckpoint> outcome = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "checkpointer-notification");

    /** Runs beforeCheckpoint. When the time is over the thread is interrupted, and undoes what it did once it can. */
    static PreparedCheckpoint run(Duration timeout) throws CheckpointException {
        var notification = new Notification();
        notification.thread.setDaemon(false); // afterRestore has to run, too, when this comes too late
        notification.thread.start();
        return notification.await(timeout);
    }

    /** Whether the resource that asks is notified for the control socket's sake. */
    static boolean isCurrent() {
        return Thread.currentThread() == current;
    }

    private void run() {
        current = thread;
        try {
            var prepared = Checkpointer.prepare();
            if (!outcome.complete(prepared)) {
                Thread.interrupted();
                prepared.end();
            }
        } catch (CheckpointException | RuntimeException | Error e) {
            outcome.completeExceptionally(e);
        } catch (RestoreException e) {
            System.getLogger(Notification.class.getName())
                    .log(System.Logger.Level.WARNING, "afterRestore failed after a notification that came too late", e);
        }
    }

    private PreparedCheckpoint await(Duration timeout) throws CheckpointException {
        try {
            return outcome.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CheckpointException expected) {
                throw expected;
            }
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            var where = where();
            if (outcome.completeExceptionally(e)) {
                thread.interrupt();
                throw failure(new IllegalStateException("beforeCheckpoint has not come back within "
                        + Ending.seconds(timeout) + "; it is at " + where));
            }
            return outcome.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome.completeExceptionally(e);
            throw failure(e);
        }
    }

    private String where() {
        return Arrays.stream(thread.getStackTrace())
                .limit(FRAMES)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(" < "));
    }

    private static CheckpointException failure(Throwable cause) {
        var exception = new CheckpointException(cause.getMessage());
        exception.addSuppressed(cause);
        return exception;
    }
}
