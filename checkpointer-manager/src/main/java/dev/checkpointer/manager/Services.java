package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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
        try {
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
        var service = add(spec);
        try {
            service.start();
            return service;
        } catch (ManagerException e) {
            remove(service);
            throw e;
        }
    }

    private synchronized Service add(ServiceSpec spec) throws ManagerException {
        var taken = services.values().stream()
                .filter(service -> spec.name().isPresent() && service.name().equals(spec.name()))
                .findFirst();
        if (taken.isPresent()) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "there is a service " + spec.name().orElseThrow() + " already, "
                            + taken.get().id(),
                    "Choose another name, or remove that one");
        }
        var service = new Service(context, Names.newId(), spec);
        services.put(service.id(), service);
        return service;
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
        var spec = spec(image).withName(name);
        var restored = new ArrayList<Service>();
        for (int i = 0; i < count; i++) {
            var service = add(i == 0 ? spec : spec.withName(Optional.empty()));
            try {
                service.restore(image, told);
            } catch (ManagerException e) {
                remove(service);
                throw restored.isEmpty()
                        ? e
                        : new ManagerException(
                                e.kind(),
                                restored.size() + " of " + count + " were restored; " + e.getMessage(),
                                e.remedy());
            }
            restored.add(service);
        }
        return restored;
    }

    private static ServiceSpec spec(StoredImage image) throws ManagerException {
        return ServiceSpec.of(image.spec().isEmpty() ? Map.of("command", image.command()) : image.spec());
    }
}
