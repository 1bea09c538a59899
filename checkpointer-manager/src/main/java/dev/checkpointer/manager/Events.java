package dev.checkpointer.manager;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What happened to services and images, the newest of it kept for who comes late. Safe for use by several threads. */
final class Events {
    private static final int KEPT = 1000;

    /**
     * One of them.
     *
     * @param number counted from 1 since the daemon's start
     * @param at when
     * @param type for instance {@code service.running}
     * @param id whose
     * @param detail for people; may be empty
     */
    record Event(long number, Instant at, String type, String id, String detail) {
        Map<String, Object> document() {
            var document = new LinkedHashMap<String, Object>();
            document.put("number", number);
            document.put("at", at.toString());
            document.put("type", type);
            document.put("id", id);
            document.put("detail", detail);
            return document;
        }
    }

    private final Deque<Event> kept = new ArrayDeque<>();
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private long last;

    /** Listeners must not block. */
    synchronized void tell(String type, String id, String detail) {
        var event = new Event(++last, Instant.now(), type, id, detail);
        kept.add(event);
        if (kept.size() > KEPT) {
            kept.remove();
        }
        listeners.forEach(listener -> listener.accept(event));
    }

    /** Tells a listener what is kept after a number, and from then on everything. */
    synchronized Runnable listen(long after, Consumer<Event> listener) {
        kept.stream().filter(event -> event.number() > after).forEach(listener);
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
