package dev.checkpointer.benchmarks.harness;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** The system call, since a command for it would take as long as what is measured. */
public final class Kill {
    /** Lets a stopped process go on. */
    public static final int CONTINUE = 18;

    /** What programs may do with as they like. */
    public static final int USR1 = 10;

    private interface System extends Library {
        int kill(int pid, int signal);
    }

    private static final System SYSTEM = Native.load("c", System.class);

    private Kill() {}

    /**
     * Sends a signal.
     *
     * @param pid the process
     * @param signal its number
     */
    public static void send(long pid, int signal) {
        if (SYSTEM.kill((int) pid, signal) != 0) {
            throw new IllegalStateException("process " + pid + " cannot be sent signal " + signal);
        }
    }
}
