package dev.checkpointer.libcriu;

import com.sun.jna.LastErrorException;
import com.sun.jna.ptr.IntByReference;
import dev.checkpointer.criu.WaitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * A call of a function that starts CRIU, on a thread of its own. What the library forks is a child of that thread and of no
 * other one, so that it can be told from the children of the JDK. It would be left as a zombie where the library does not
 * wait for it: the process in between that daemon(3) starts, and the worker of a call that fails half-way.
 */
final class LibCriuCall {
    private final LibC libc;
    private final CompletableFuture<Path> thread = new CompletableFuture<>();
    private final CompletableFuture<Integer> result = new CompletableFuture<>();

    private LibCriuCall(LibC libc) {
        this.libc = libc;
    }

    /**
     * Calls.
     *
     * @param libc the C library
     * @param function returns less than zero when it fails
     * @param afterFailure ends what a failed call has left behind
     */
    static LibCriuCall start(LibC libc, IntSupplier function, Runnable afterFailure) {
        var call = new LibCriuCall(libc);
        var thread = new Thread(() -> call.run(function, afterFailure), "checkpointer: libcriu");
        thread.setDaemon(true);
        thread.start();
        return call;
    }

    private void run(IntSupplier function, Runnable afterFailure) {
        try {
            thread.complete(Path.of("/proc").resolve(Files.readSymbolicLink(Path.of("/proc/thread-self"))));
            int value = function.getAsInt();
            if (value < 0) {
                afterFailure.run();
                reap();
            }
            result.complete(value);
        } catch (IOException | RuntimeException | Error e) {
            thread.completeExceptionally(e);
            result.completeExceptionally(e);
        }
    }

    /** What the library has started and nobody has waited for yet. */
    List<Integer> children() {
        try {
            var pids = Files.readString(thread.join().resolve("children")).split(" ");
            return Arrays.stream(pids)
                    .filter(pid -> !pid.isBlank())
                    .map(Integer::valueOf)
                    .toList();
        } catch (IOException e) {
            return List.of(); // the thread has ended
        }
    }

    /** Waits for the end of everything that the library has started. */
    void reap() {
        children().forEach(child -> await(libc, child));
    }

    /** Waits for the end of a child. Returns its exit status, {@link WaitStatus#UNKNOWN} when it is none of ours. */
    static int await(LibC libc, int pid) {
        var status = new IntByReference();
        while (true) {
            try {
                libc.waitpid(pid, status, 0);
                return WaitStatus.exitStatus(status.getValue());
            } catch (LastErrorException e) {
                if (e.getErrorCode() != LibC.EINTR) {
                    return WaitStatus.UNKNOWN;
                }
            }
        }
    }

    /** Waits for the result, and says whether it is there. */
    boolean await(long nanos) throws InterruptedException {
        try {
            result.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true; // told by result()
        }
    }

    /** The same, heeding no interruption. */
    boolean awaitAllTheSame(long nanos) {
        boolean interrupted = Thread.interrupted();
        try {
            return await(nanos);
        } catch (InterruptedException e) {
            interrupted = true;
            return result.isDone();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the function returned, once it has. Heeds no interruption. */
    int result() {
        return result.join();
    }
}
