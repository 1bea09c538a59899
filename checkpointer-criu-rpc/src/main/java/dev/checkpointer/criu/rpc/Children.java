package dev.checkpointer.criu.rpc;

import com.sun.jna.LastErrorException;
import com.sun.jna.ptr.IntByReference;
import dev.checkpointer.criu.WaitStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Waits for processes that were started past the JDK, which knows nothing of them. */
final class Children {
    private final LibC libc;

    Children(LibC libc) {
        this.libc = libc;
    }

    /** Waits for the end of a child that ends soon, and kills it when it does not. Returns its exit status. */
    int await(int pid, long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean killed = false;
        while (true) {
            var status = reap(pid, LibC.WNOHANG);
            if (status.isPresent()) {
                return status.get();
            }
            if (!killed && System.nanoTime() > end) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                killed = true;
            }
            pause();
        }
    }

    private static void pause() {
        boolean interrupted = Thread.interrupted();
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The exit status of a child, once it has ended. */
    CompletableFuture<Integer> exitStatus(int pid) {
        var status = new CompletableFuture<Integer>();
        var thread = new Thread(
                () -> status.complete(reap(pid, 0).orElse(WaitStatus.UNKNOWN)), "checkpointer: waits for " + pid);
        thread.setDaemon(true);
        thread.start();
        return status;
    }

    /** The status of a child that has ended, {@link WaitStatus#UNKNOWN} when it is none of ours. */
    Optional<Integer> reap(int pid, int options) {
        var status = new IntByReference();
        while (true) {
            try {
                return libc.waitpid(pid, status, options) == 0
                        ? Optional.empty()
                        : Optional.of(WaitStatus.exitStatus(status.getValue()));
            } catch (LastErrorException e) {
                if (e.getErrorCode() != LibC.EINTR) {
                    return Optional.of(WaitStatus.UNKNOWN);
                }
            }
        }
    }
}
