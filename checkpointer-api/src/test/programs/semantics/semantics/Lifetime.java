package semantics;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Who is held, and for how long. */
final class Lifetime {
    private static Resource onlyReference;

    private Lifetime() {}

    static void collected() throws Exception {
        var kept = new Speaker("kept");
        Core.getGlobalContext().register(kept);
        var dropped = registered("dropped");
        Main.say("dropped is " + (Memory.collected(dropped) ? "gone" : "held"));
        Main.checkpoint();
        Reference.reachabilityFence(kept);
    }

    private static WeakReference<Resource> registered(String name) {
        var resource = new Speaker(name);
        Core.getGlobalContext().register(resource);
        return new WeakReference<>(resource);
    }

    /** The one registered first is notified last, and drops the other one between that one's notifications. */
    static void keptBetween() throws Exception {
        var dropper = new Resource() {
            @Override
            public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
                onlyReference = null;
                Memory.collect();
            }

            @Override
            public void afterRestore(Context<? extends Resource> context) throws Exception {
                Memory.collect();
            }
        };
        Core.getGlobalContext().register(dropper);
        onlyReference = new Speaker("dropped");
        Core.getGlobalContext().register(onlyReference);
        var dropped = new WeakReference<>(onlyReference);
        Main.checkpoint();
        Main.say("dropped is " + (Memory.collected(dropped) ? "gone" : "held"));
        Reference.reachabilityFence(dropper);
    }

    /** Says of everything that it is equal, with a hash code that is never the same. */
    private static final class Odd implements Resource {
        private static int hashes;
        private final Speaker speaker;
        private final boolean constant;

        Odd(String name, boolean constant) {
            this.speaker = new Speaker(name);
            this.constant = constant;
        }

        @Override
        public boolean equals(Object other) {
            return constant;
        }

        @Override
        public int hashCode() {
            return constant ? 0 : hashes++;
        }

        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
            speaker.beforeCheckpoint(context);
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) throws Exception {
            speaker.afterRestore(context);
        }
    }

    static void oddEquality() throws Exception {
        var resources = List.of(
                new Odd("equal 1", true),
                new Odd("equal 2", true),
                new Odd("unequal 1", false),
                new Odd("unequal 2", false));
        resources.forEach(Core.getGlobalContext()::register);
        Memory.collect();
        Main.checkpoint();
        Memory.collect();
        Main.checkpoint();
        Reference.reachabilityFence(resources);
    }

    private static final class Counter implements Resource {
        private static int before;
        private static int after;
        private static int outOfOrder;
        private final int number;

        Counter(int number) {
            this.number = number;
        }

        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) {
            before++;
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) {
            if (number != after++) {
                outOfOrder++;
            }
        }
    }

    static void many(int number) throws Exception {
        var resources = new ArrayList<Resource>();
        for (int i = 0; i < number; i++) {
            resources.add(new Counter(i));
            Core.getGlobalContext().register(resources.get(i));
        }
        Main.checkpoint();
        Main.say(Counter.before + " before, " + Counter.after + " after, " + Counter.outOfOrder + " out of order");
        Reference.reachabilityFence(resources);
    }
}
