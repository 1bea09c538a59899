package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** All services of a daemon. Safe for use by several threads. */
final class Services {
    private final Context context;
    private final Map<String, Service> services = new ConcurrentHashMap<>();

    /** With those that an earlier daemon kept. */
    Services(Context context) throws IOException {
        this.context = context;
        try (var directories = Files.newDirectoryStream(context.layout().services())) {
            for (var directory : directories) {
                recover(directory.getFileName().toString());
            }
        }
    }

    private void recover(String id) {
        var directory = context.layout().services().resolve(id);
        try {
            if (Names.isId(id) && Files.notExists(directory.resolve("service.json"))) {
                Documents.delete(directory); // it was about to be made, or to be removed
                return;
            }
            services.put(id, Service.recovered(context, id));
        } catch (IOException | ManagerException | RuntimeException e) {
            // A daemon that died before it had written it down had not started anything either.
            context.events().tell("service.unreadable", id, e.toString());
        }
    }

    List<Service> list() {
        return services.values().stream()
                .sorted(Comparator.comparing(Service::created).thenComparing(Service::id))
                .toList();
    }

    /** All that are needed, or being written. */
    Set<String> images() {
        return services.values().stream()
                .flatMap(service -> service.images().stream())
                .collect(Collectors.toSet());
    }

    /** By id, beginning of an id, name or PID. */
    Service find(String word) throws ManagerException {
        return Names.find("service", word, list(), Service::id, service -> called(service, word));
    }

    private static boolean called(Service service, String word) {
        return service.name().equals(Optional.of(word))
                || service.program()
                        .map(program -> Long.toString(program.pid()).equals(word))
                        .orElse(false);
    }

    Service create(ServiceSpec spec) throws ManagerException {
        return made(spec, Service::start);
    }

    private interface Beginning {
        void begin(Service service) throws ManagerException;
    }

    private Service made(ServiceSpec spec, Beginning beginning) throws ManagerException {
        var service = add(spec);
        try {
            beginning.begin(service);
            return service;
        } catch (ManagerException e) {
            remove(service);
            throw e;
        }
    }

    private synchronized Service add(ServiceSpec spec) throws ManagerException {
        requireFree(spec.name());
        var service = new Service(context, Names.newId(), spec);
        services.put(service.id(), service);
        return service;
    }

    private void requireFree(Optional<String> name) throws ManagerException {
        var taken = services.values().stream()
                .filter(service -> name.isPresent() && service.name().equals(name))
                .findFirst();
        if (taken.isPresent()) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "there is a service " + name.orElseThrow() + " already, "
                            + taken.get().id(),
                    "Choose another name, or remove that one");
        }
    }

    void remove(Service service) throws ManagerException {
        service.remove();
        services.remove(service.id());
    }

    /** The service that was dumped, if it does not run, or else new ones. */
    List<Service> restore(StoredImage image, int count, Restore told, Optional<String> name) throws ManagerException {
        var origin = image.service().map(services::get);
        if (count == 1
                && name.isEmpty()
                && origin.isPresent()
                && !origin.get().state().busy()) {
            origin.get().restore(image, told);
            return List.of(origin.get());
        }
        var restored = new ArrayList<Service>();
        for (int i = 0; i < count; i++) {
            try {
                restored.add(restoreNew(image, told, i == 0 ? name : Optional.empty()));
            } catch (ManagerException e) {
                throw restored.isEmpty()
                        ? e
                        : new ManagerException(
                                e.kind(),
                                restored.size() + " of " + count + " were restored; " + e.getMessage(),
                                e.remedy());
            }
        }
        return restored;
    }

    /** A new service, whether the one that was dumped runs or not. */
    Service restoreNew(StoredImage image, Restore told, Optional<String> name) throws ManagerException {
        return made(spec(image).withName(name), service -> service.restore(image, told));
    }

    /** A new service that waits, stopped, to be activated. */
    Service prepare(StoredImage image) throws ManagerException {
        return made(spec(image).withName(Optional.empty()), service -> service.prepare(image));
    }

    /** Gives a name, if there is one, that no other service has. */
    synchronized void rename(Service service, Optional<String> name) throws ManagerException {
        requireFree(name);
        service.rename(name);
    }

    private static ServiceSpec spec(StoredImage image) throws ManagerException {
        return ServiceSpec.of(image.spec().isEmpty() ? Map.of("command", image.command()) : image.spec());
    }
}
