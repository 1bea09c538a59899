package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is on disk of a service, so that another daemon can go on with it. Guarded by its service, except for what it is, which changes
 * as a whole.
 */
final class ServiceFacts {
    private static final String FILE = "service.json";

    final Instant created;
    volatile ServiceSpec spec;
    ServiceState state = ServiceState.STOPPED;
    Instant since = Instant.now();
    String reason = "";
    Optional<Integer> exitStatus = Optional.empty();
    /** From which it would come back. */
    Optional<String> image = Optional.empty();
    /** That which is being written. */
    Optional<String> dumping = Optional.empty();
    /** Whether the program goes on after that. */
    boolean leaving;
    /** From which it is coming back. */
    Optional<String> restoring = Optional.empty();
    /** Of which it is one of the standbys. */
    Optional<String> standby = Optional.empty();

    ServiceFacts(ServiceSpec spec, Instant created) {
        this.spec = spec;
        this.created = created;
    }

    /** In a directory of the service's own. */
    void write(Path directory) throws IOException {
        var document = new LinkedHashMap<String, Object>();
        document.put("spec", spec.document());
        document.put("created", created.toString());
        document.put("state", state.text());
        document.put("since", since.toString());
        document.put("reason", reason);
        exitStatus.ifPresent(status -> document.put("exitStatus", status));
        image.ifPresent(name -> document.put("image", name));
        dumping.ifPresent(name -> document.put("dumping", name));
        document.put("leaving", leaving);
        restoring.ifPresent(name -> document.put("restoring", name));
        standby.ifPresent(name -> document.put("standby", name));
        Documents.directory(directory);
        Documents.write(file(directory), document);
    }

    static Path file(Path directory) {
        return directory.resolve(FILE);
    }

    static ServiceFacts read(Path directory) throws IOException, ManagerException {
        var document = Documents.read(file(directory));
        @SuppressWarnings("unchecked")
        var spec = ServiceSpec.of((Map<String, Object>) document.get("spec"));
        var facts = new ServiceFacts(spec, Instant.parse((String) document.get("created")));
        facts.state = ServiceState.parse((String) document.get("state"));
        facts.since = Instant.parse((String) document.get("since"));
        facts.reason = (String) document.get("reason");
        facts.exitStatus = Optional.ofNullable((Integer) document.get("exitStatus"));
        facts.image = text(document, "image");
        facts.dumping = text(document, "dumping");
        facts.leaving = (Boolean) document.get("leaving");
        facts.restoring = text(document, "restoring");
        facts.standby = text(document, "standby");
        return facts;
    }

    private static Optional<String> text(Map<String, Object> document, String name) {
        return Optional.ofNullable((String) document.get(name));
    }
}
