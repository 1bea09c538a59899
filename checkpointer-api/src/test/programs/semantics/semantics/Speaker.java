package semantics;

import org.crac.Context;
import org.crac.Resource;

/** Tells of its notifications, and throws what it is given. */
final class Speaker implements Resource {
    private final String name;
    private final Throwable before;
    private final Throwable after;

    Speaker(String name) {
        this(name, null, null);
    }

    Speaker(String name, Throwable before, Throwable after) {
        this.name = name;
        this.before = before;
        this.after = after;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
        Main.say("before " + name);
        raise(before);
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
        Main.say("after " + name);
        raise(after);
    }

    private static void raise(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (Exception) failure;
        }
    }
}
