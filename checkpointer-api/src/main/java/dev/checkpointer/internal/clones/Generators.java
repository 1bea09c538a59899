package dev.checkpointer.internal.clones;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The random generators that the agent has seen being made. They are held weakly. Safe for use by several threads. */
public final class Generators {
    private static final Set<Reference<Object>> KNOWN = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();

    private static volatile boolean tracked;

    private Generators() {}

    /**
     * Tells of a generator. Called by its constructor, before those of its subclasses have run.
     *
     * @param generator a {@code Random} or {@code SplittableRandom}
     */
    public static void add(Object generator) {
        if (!tracked) {
            tracked = true;
        }
        KNOWN.add(new WeakReference<>(generator, GONE));
        for (var gone = GONE.poll(); gone != null; gone = GONE.poll()) {
            KNOWN.remove(gone);
        }
    }

    /** Whether somebody tells of them. */
    static boolean areTracked() {
        return tracked;
    }

    static List<Object> all() {
        return KNOWN.stream().map(Reference::get).filter(Objects::nonNull).toList();
    }
}
