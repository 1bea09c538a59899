package dev.checkpointer.internal.trigger;

import dev.checkpointer.Setting;
import dev.checkpointer.SettingException;
import dev.checkpointer.Settings;

/** Makes an image when what the setting {@link Setting#AT} names has happened. */
public final class Triggers {
    /** Set once in a JVM. A program's class loaders may have several copies of this class. */
    private static final String MARK = "dev.checkpointer.trigger";

    private static boolean begun;

    private Triggers() {}

    /** Begins to wait, on a thread of its own, the first time that this is called. */
    public static synchronized void begin() {
        if (begun) {
            return;
        }
        begun = true;
        try {
            var text = Settings.current().text(Setting.AT);
            if (text.isPresent() && System.getProperties().putIfAbsent(MARK, text.get()) == null) {
                var trigger = TriggerText.parse(text.get()).install();
                var thread = new Thread(null, () -> watch(trigger, text.get()), "checkpointer-trigger", 0, false);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (SettingException e) {
            TriggeredCheckpoint.tell(
                    "no trigger: " + e.getMessage() + "\n  The program goes on without it. Correct the setting");
        } catch (TriggerException e) {
            TriggeredCheckpoint.tell("no trigger: " + e.getMessage());
        }
    }

    private static void watch(Trigger trigger, String text) {
        try {
            do {
                if (!trigger.await()) {
                    return;
                }
                var checkpoint = new Thread(new TriggeredCheckpoint(text)::run, "checkpointer-checkpoint");
                checkpoint.setDaemon(false); // the program may stop all its threads before a checkpoint
                checkpoint.start();
                checkpoint.join();
            } while (trigger.repeats());
        } catch (InterruptedException e) {
            TriggeredCheckpoint.tell("the program has interrupted the wait for " + text);
        }
    }
}
