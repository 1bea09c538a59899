package dev.checkpointer.agent;

/** Looks, as the first thing it does, for what the agent adds. */
public final class EarlyProgram {
    private EarlyProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println(finds("jdk.crac.management.CRaCMXBean") ? "there" : "too late");
        Thread.sleep(600_000);
    }

    private static boolean finds(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
