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
        new Thread(keeper::hold, "checkpointer-keeper").start();
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

    void release() {
        released.countDown();
    }
}
