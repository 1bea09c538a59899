package dev.checkpointer.cli;

/** Knows nothing of checkpoints, and needs no class but this one. Counts on standard output while it runs. */
public final class PlainProgram {
    private PlainProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        for (int i = 0; ; i++) {
            System.out.println("count " + i);
            Thread.sleep(20);
        }
    }
}
