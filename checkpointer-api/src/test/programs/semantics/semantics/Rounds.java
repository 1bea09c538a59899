package semantics;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicReference;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** What happens when something comes in between the notifications. */
final class Rounds {
    private static final long JOIN_MILLIS = 30_000;

    private Rounds() {}

    /** Something to do in each notification. */
    private interface Action {
        void run() throws Exception;
    }

    private static Resource acting(String name, Action before, Action after) {
        var speaker = new Speaker(name);
        return new Resource() {
            @Override
            public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
                speaker.beforeCheckpoint(context);
                before.run();
            }

            @Override
            public void afterRestore(Context<? extends Resource> context) throws Exception {
                speaker.afterRestore(context);
                after.run();
            }
        };
    }

    static void recursive() {
        var resource = acting("recursive", Main::checkpoint, Main::checkpoint);
        Core.getGlobalContext().register(resource);
        Main.checkpoint();
        Main.say("dumps " + CountingEngine.dumps);
        Reference.reachabilityFence(resource);
    }

    static void second() {
        var resource = acting("first", Rounds::checkpointOnOtherThread, Rounds::checkpointOnOtherThread);
        Core.getGlobalContext().register(resource);
        Main.checkpoint();
        Main.say("dumps " + CountingEngine.dumps);
        Reference.reachabilityFence(resource);
    }

    /** The other thread gets its answer while this one is in the middle of its checkpoint, or the join gives up. */
    private static void checkpointOnOtherThread() throws InterruptedException {
        var thread = new Thread(Main::checkpoint, "second");
        thread.setDaemon(true);
        thread.start();
        thread.join(JOIN_MILLIS);
        if (thread.isAlive()) {
            Main.say("the second checkpoint waits");
        }
    }

    static void late() {
        var registered = new AtomicReference<Resource>();
        var resource = acting(
                "early",
                () -> {
                    if (registered.compareAndSet(null, new Speaker("late"))) {
                        Core.getGlobalContext().register(registered.get());
                    }
                },
                () -> {});
        Core.getGlobalContext().register(resource);
        Main.checkpoint();
        Main.checkpoint();
        Reference.reachabilityFence(registered);
        Reference.reachabilityFence(resource);
    }
}
