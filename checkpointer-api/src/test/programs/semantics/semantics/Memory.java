package semantics;

import java.lang.ref.WeakReference;

/** Makes the garbage collector work. */
final class Memory {
    private static final int MOST_COLLECTIONS = 200;

    private Memory() {}

    /** Collects garbage until the referent is gone; false when it does not go. */
    static boolean collected(WeakReference<?> reference) throws InterruptedException {
        for (int i = 0; i < MOST_COLLECTIONS && !reference.refersTo(null); i++) {
            System.gc();
            Thread.sleep(1);
        }
        return reference.refersTo(null);
    }

    /** Collects garbage at least once. */
    static void collect() throws InterruptedException {
        if (!collected(new WeakReference<>(new Object()))) {
            throw new AssertionError("the garbage collector does not work");
        }
    }
}
