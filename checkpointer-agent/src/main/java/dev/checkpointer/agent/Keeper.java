package dev.checkpointer.agent;

import java.util.concurrent.CountDownLatch;

/**
 * Keeps the JVM from ending during a checkpoint. A server may well stop its last thread in beforeCheckpoint and start it
 * again in afterRestore, and the agent's other threads are daemons.
 */
final class Keeper {
    private final CountDownLatch released = new CountDownLatch(1);

    private Keeper() {}

    static Keeper start() {
        var keeper = new Keeper();
        var thread = new Thread(keeper::hold, "checkpointer-keeper");
        thread.setDaemon(false); // unlike the thread that starts it
        thread.start();
        return keeper;
    }

    private void hold() {
        boolean waiting = true;
        while (waiting) {
            try {
                released.await();
                waiting = false;
            } catch (InterruptedException e) {
                continue; // somebody interrupts every thread there is
            }
        }
    }

    /** Runs what calls the program on a thread that is no daemon: threads that the program starts there take after it. */
    static void foreground(Runnable work) {
        var thread = new Thread(work, "checkpointer-notification");
        thread.setDaemon(false);
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void release() {
        released.countDown();
    }
}
