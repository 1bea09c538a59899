package dev.checkpointer.manager;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;

/**
 * Ends connections on which no request begins for too long, also when single bytes of one come: those count as activity for
 * Jetty. When there are too many, the one that has asked nothing for longest makes room, or, where all ask, the newest. Safe for use by several threads.
 */
final class Idlers implements Connection.Listener {
    private record Seen(long requests, long nanos) {}

    private final Map<Connection, Seen> connections = new ConcurrentHashMap<>();
    private final Set<Connection> asking = ConcurrentHashMap.newKeySet();
    private final Bounds bounds;

    Idlers(Bounds bounds) {
        this.bounds = bounds;
    }

    @Override
    public synchronized void onOpened(Connection connection) {
        if (connections.size() >= bounds.connections()) {
            var oldest = connections.entrySet().stream()
                    .filter(entry -> !asking.contains(entry.getKey()))
                    .min(Comparator.comparing(entry -> entry.getValue().nanos()))
                    .map(Map.Entry::getKey);
            oldest.ifPresent(connections::remove);
            oldest.orElse(connection).getEndPoint().close();
            if (oldest.isEmpty()) {
                return;
            }
        }
        connections.put(connection, new Seen(connection.getMessagesIn(), System.nanoTime()));
    }

    /** A request is being answered from now on, which may take as long as it likes. */
    void begin(Connection connection) {
        asking.add(connection);
    }

    /** It was answered. */
    void finish(Connection connection) {
        asking.remove(connection);
        connections.replace(connection, new Seen(connection.getMessagesIn(), System.nanoTime()));
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
        asking.remove(connection);
    }

    /** To be called now and then. */
    void end() {
        connections.replaceAll((connection, seen) -> {
            return asking.contains(connection) || connection.getMessagesIn() != seen.requests()
                    ? new Seen(connection.getMessagesIn(), System.nanoTime())
                    : seen;
        });
        connections.forEach((connection, seen) -> {
            if (System.nanoTime() - seen.nanos() > bounds.idle().toNanos()) {
                connection.getEndPoint().close();
            }
        });
    }
}
