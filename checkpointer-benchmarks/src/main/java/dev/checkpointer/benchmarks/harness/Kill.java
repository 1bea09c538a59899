package dev.checkpointer.benchmarks.harness;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** The system call, since a command for it would take as long as what is measured. */
public final class Kill {
    private static final int CONTINUE = 18;

    private interface System extends Library {
        int kill(int pid, int signal);
    }

    private static final System SYSTEM = Native.load("c", System.class);

    private Kill() {}

    /**
     * Lets a stopped process go on.
     *
     * @param pid its PID
     */
    public static void resume(long pid) {
        if (SYSTEM.kill((int) pid, CONTINUE) != 0) {
            throw new IllegalStateException(
                    "process " + pid + " cannot be sent a signal, errno " + Native.getLastError());
        }
    }
}
