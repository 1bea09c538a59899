package dev.checkpointer.cli.machine;

/**
 * One thing that was looked at.
 *
 * @param name what, in one word or two
 * @param level how good it is
 * @param text what was found
 * @param remedy what to do about it; empty where nothing has to be done
 */
public record Finding(String name, Level level, String text, String remedy) {
    /** How good a finding is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Something is slower, or does not work for some programs. */
        WARN,
        /** Checkpoints or restores do not work. */
        FAIL
    }

    static Finding ok(String name, String text) {
        return new Finding(name, Level.OK, text, "");
    }

    static Finding warn(String name, String text, String remedy) {
        return new Finding(name, Level.WARN, text, remedy);
    }

    static Finding fail(String name, String text, String remedy) {
        return new Finding(name, Level.FAIL, text, remedy);
    }
}
