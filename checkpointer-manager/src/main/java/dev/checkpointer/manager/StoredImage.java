package dev.checkpointer.manager;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An image, and where it came from. It says nothing of the program's environment, which may hold secrets.
 *
 * @param id its name for ever
 * @param created when its dump began
 * @param comm the command, as the kernel knew it: 15 characters at most
 * @param command the program and its arguments
 * @param service the id of the service that was dumped; on another machine it need not exist
 * @param spec that service, without its name and environment; empty when it was no service
 * @param pages bytes of memory in it
 * @param size bytes of all of its files
 * @param hooks whether the program was notified, so that it can be told arguments
 * @param tags names that its users gave it, for instance {@code web:1.2}
 * @since 0.1.0
 */
public record StoredImage(
        String id,
        Instant created,
        String comm,
        List<String> command,
        Optional<String> service,
        Map<String, Object> spec,
        long pages,
        long size,
        boolean hooks,
        Set<String> tags) {
    /** The collections are copied. */
    public StoredImage {
        command = List.copyOf(command);
        spec = Map.copyOf(spec);
        tags = Set.copyOf(tags);
    }

    StoredImage withSizes(long newPages, long newSize) {
        return new StoredImage(id, created, comm, command, service, spec, newPages, newSize, hooks, tags);
    }

    StoredImage withTags(Set<String> newTags) {
        return new StoredImage(id, created, comm, command, service, spec, pages, size, hooks, newTags);
    }

    StoredImage withId(String newId) {
        return new StoredImage(newId, created, comm, command, service, spec, pages, size, hooks, tags);
    }

    /**
     * As JSON has it.
     *
     * @return what {@link #of} reads
     */
    public Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        document.put("id", id);
        document.put("created", created.toString());
        document.put("comm", comm);
        document.put("command", command);
        service.ifPresent(text -> document.put("service", text));
        document.put("spec", spec);
        document.put("pageSize", pages);
        document.put("size", size);
        document.put("hooks", hooks);
        document.put("tags", List.copyOf(new TreeSet<>(tags)));
        return document;
    }

    /**
     * Reads what {@link #document} wrote.
     *
     * @param document as JSON had it
     * @return the image
     * @throws IOException when it is something else
     */
    @SuppressWarnings("unchecked")
    public static StoredImage of(Map<String, Object> document) throws IOException {
        try {
            return new StoredImage(
                    (String) document.get("id"),
                    Instant.parse((String) document.get("created")),
                    (String) document.get("comm"),
                    (List<String>) document.get("command"),
                    Optional.ofNullable((String) document.get("service")),
                    (Map<String, Object>) document.get("spec"),
                    ((Number) document.get("pageSize")).longValue(),
                    ((Number) document.get("size")).longValue(),
                    (Boolean) document.get("hooks"),
                    Set.copyOf((List<String>) document.get("tags")));
        } catch (RuntimeException e) {
            throw new IOException("this is no description of an image", e);
        }
    }
}
