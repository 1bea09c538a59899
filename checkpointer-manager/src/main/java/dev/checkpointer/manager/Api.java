package dev.checkpointer.manager;

import dev.checkpointer.manager.archive.ArchiveKey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/** The requests that the daemon understands. Safe for use by several threads. */
final class Api {
    private static final int STOP_SECONDS = 10;
    private static final int MOST_SECONDS = 3600;
    private static final long MOST_DRAINED = 1L << 40;
    private static final int MOST_CLONES = 1000;

    private final Services services;
    private final Images images;
    private final Standbys standbys;
    private final Routes routes = new Routes();

    Api(Services services, Images images, Standbys standbys, Events events, ImageStore store) {
        this.standbys = standbys;
        this.services = services;
        this.images = images;
        routes.add("GET", "/v1/health", call -> health());
        routes.add("GET", "/v1/openapi.json", call -> Answer.resource("application/json", "openapi.json"));
        routes.add("GET", "/v1/services", call -> Answer.list("services", documents(services.list())));
        routes.add("POST", "/v1/services", this::create);
        routes.add("GET", "/v1/services/{id}", call -> Answer.ok(service(call).document()));
        routes.add("DELETE", "/v1/services/{id}", this::remove);
        routes.add("POST", "/v1/services/{id}/start", this::start);
        routes.add("POST", "/v1/services/{id}/stop", this::stop);
        routes.add("POST", "/v1/services/{id}/dump", this::dump);
        routes.add("GET", "/v1/services/{id}/logs", new LogRoute(services)::answer);
        routes.add(
                "GET",
                "/v1/images",
                call -> Answer.list(
                        "images",
                        images.list().stream().map(StoredImage::document).toList()));
        routes.add("GET", "/v1/images/{id}", this::image);
        routes.add("DELETE", "/v1/images/{id}", this::removeImage);
        routes.add("POST", "/v1/images/{id}/tag", this::tag);
        routes.add("POST", "/v1/images/{id}/restore", this::restore);
        routes.add(
                "GET", "/v1/images/{id}/standby", call -> Answer.ok(standbys.document(images.find(call.path("id")))));
        routes.add("PUT", "/v1/images/{id}/standby", this::keep);
        routes.add("POST", "/v1/images/{id}/activate", this::activate);
        routes.add("POST", "/v1/images/{id}/verify", new VerifyRoute(images, store, events)::answer);
        routes.add("GET", "/v1/images/{id}/export", this::export);
        routes.add("POST", "/v1/images/import", this::take);
        routes.add("POST", "/v1/images/prune", this::prune);
        routes.add("GET", "/v1/events", new EventRoute(events)::answer);
        routes.add("GET", "/metrics", call -> new Metrics(services, images).answer());
        this.store = store;
    }

    private final ImageStore store;

    Answer answer(Request request) throws ManagerException {
        return routes.answer(request);
    }

    /** As {@link Routes#list}. */
    List<String> routes() {
        return routes.list();
    }

    private static Answer health() {
        return Answer.ok(Map.of("status", "ok", "pid", ProcessHandle.current().pid()));
    }

    private static List<Map<String, Object>> documents(List<Service> list) {
        return list.stream().map(Service::document).toList();
    }

    private Service service(Call call) throws ManagerException {
        return services.find(call.path("id"));
    }

    private Answer create(Call call) throws ManagerException {
        var service = services.create(ServiceSpec.of(call.document()));
        return Answer.json(201, service.document());
    }

    private Answer remove(Call call) throws ManagerException {
        var service = service(call);
        if (call.flag("force")) {
            service.stop(Duration.ofSeconds(STOP_SECONDS));
        }
        services.remove(service);
        return Answer.ok(Map.of("id", service.id()));
    }

    private Answer start(Call call) throws ManagerException {
        call.fields().end();
        var service = service(call);
        service.start();
        return Answer.ok(service.document());
    }

    private Answer stop(Call call) throws ManagerException {
        var fields = call.fields();
        int seconds = fields.number("timeout", 0, MOST_SECONDS).orElse(STOP_SECONDS);
        fields.end();
        var service = service(call);
        service.stop(Duration.ofSeconds(seconds));
        return Answer.ok(service.document());
    }

    private Answer dump(Call call) throws ManagerException {
        var fields = call.fields();
        boolean leaveRunning = fields.flag("leaveRunning");
        fields.end();
        var service = service(call);
        return Answer.json(201, described(service.dump(leaveRunning)));
    }

    /** With its directory, as long as it has one on this machine. */
    private Map<String, Object> described(StoredImage image) {
        var document = new LinkedHashMap<>(image.document());
        try {
            document.put("directory", store.open(image.id()).toString());
        } catch (IOException e) {
            // it was removed just now
        }
        return document;
    }

    private Answer image(Call call) throws ManagerException {
        return Answer.ok(described(images.find(call.path("id"))));
    }

    private Answer removeImage(Call call) throws ManagerException {
        var image = images.find(call.path("id"));
        if (standbys.wanted(image.id()) > 0) {
            throw new ManagerException(
                    ManagerException.Kind.CONFLICT,
                    "standbys of image " + image.id() + " are kept",
                    "End them first: service standby --from " + image.id() + " --count 0");
        }
        images.remove(image);
        return Answer.ok(Map.of("id", image.id()));
    }

    private Answer keep(Call call) throws ManagerException {
        var image = images.find(call.path("id"));
        var fields = call.fields();
        int count = fields.number("count", 0, MOST_CLONES)
                .orElseThrow(() -> dev.checkpointer.manager.Fields.invalid("\"count\" is missing"));
        fields.end();
        return Answer.ok(standbys.keep(image, count));
    }

    private Answer activate(Call call) throws ManagerException {
        var fields = call.fields();
        var name = fields.text("name");
        boolean waitReady = fields.flag("waitReady");
        var told = Restore.of(fields);
        fields.end();
        if (name.isPresent()) {
            ServiceSpec.requireName(name.get());
        }
        var service = standbys.activate(images.find(call.path("id")), told, name, waitReady);
        return Answer.json(201, service.document());
    }

    private static Optional<ArchiveKey> key(Call call) throws ManagerException {
        var text = call.header("Checkpointer-Key");
        return text.isPresent() ? Optional.of(ArchiveKey.parse(text.get())) : Optional.empty();
    }

    private Answer export(Call call) throws ManagerException {
        var image = images.find(call.path("id"));
        var key = key(call);
        return new Answer(200, "application/octet-stream", output -> images.export(image, key, output));
    }

    private Answer take(Call call) throws ManagerException {
        try {
            return Answer.json(201, described(images.take(call.body(), key(call))));
        } catch (ManagerException e) {
            drain(call);
            throw e;
        }
    }

    /** A client that still sends would not hear the answer. */
    private static void drain(Call call) {
        try {
            call.body().skipNBytes(MOST_DRAINED);
        } catch (IOException e) {
            // it is at its end
        }
    }

    private Answer prune(Call call) throws ManagerException {
        call.fields().end();
        return Answer.list(
                "images",
                images.prune(services.images()).stream()
                        .map(StoredImage::document)
                        .toList());
    }

    private Answer tag(Call call) throws ManagerException {
        var fields = call.fields();
        var tag = fields.text("tag").orElse("");
        fields.end();
        return Answer.ok(described(images.tag(images.find(call.path("id")), tag)));
    }

    private Answer restore(Call call) throws ManagerException {
        var fields = call.fields();
        int count = fields.number("count", 1, MOST_CLONES).orElse(1);
        var name = fields.text("name");
        var told = Restore.of(fields);
        fields.end();
        if (name.isPresent()) {
            ServiceSpec.requireName(name.get());
        }
        var restored = services.restore(images.find(call.path("id")), count, told, name);
        var documents = new ArrayList<>(documents(restored));
        return Answer.json(201, Map.of("services", documents));
    }
}
