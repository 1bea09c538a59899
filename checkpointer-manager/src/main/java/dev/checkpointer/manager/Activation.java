package dev.checkpointer.manager;

import dev.checkpointer.internal.restore.ProcessOwner;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** How the program of a service that is on standby goes on. */
final class Activation {
    private final Service service;
    private final Context context;
    private final ServiceFacts facts;
    private final Held held;

    Activation(Service service, Context context, ServiceFacts facts) {
        this.service = service;
        this.context = context;
        this.facts = facts;
        this.held = new Held(service.directory());
    }

    Held held() {
        return held;
    }

    /** Takes it from all others who want a standby; false when one of them has it. */
    boolean claim() {
        synchronized (service) {
            if (facts.state != ServiceState.STANDBY) {
                return false;
            }
            facts.state = ServiceState.ACTIVATING; // what it is told will be on disk, and that is enough
            return true;
        }
    }

    /** Gives it back. */
    void unclaim() {
        service.become(ServiceState.STANDBY, "");
    }

    /** Refuses what nobody would hear. */
    void requireHears(Restore told) throws ManagerException {
        var from = service.storedImage();
        if (told.tells() && from.isPresent() && !from.get().hooks()) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "the program of image " + from.get().id()
                            + " cannot be told anything: it was not notified of its checkpoint",
                    "Activate it without variables, properties and arguments");
        }
    }

    /** Lets a claimed one go on. */
    void activate(Restore told, boolean waitReady) throws ManagerException {
        var program = service.program();
        if (program.isEmpty()) {
            service.become(ServiceState.STANDBY, "");
            service.ended();
            throw new ManagerException(
                    Kind.FAILED, "the standby " + service.id() + " has ended: " + facts.reason, "Try again");
        }
        try {
            if (waitReady && service.storedImage().filter(StoredImage::hooks).isPresent()) {
                activateAndWait(program.get(), told);
            } else {
                activate(program.get(), told, Optional.empty());
            }
        } catch (IOException e) {
            unclaim();
            throw new ManagerException(
                    Kind.FAILED, "the standby " + service.id() + " cannot be told anything: " + e, "");
        }
    }

    private void activate(ProcessIdentity program, Restore told, Optional<Path> ready) throws IOException {
        held.tell(context.images().open(service.image().orElseThrow()), told, ready);
        held.release(program);
        synchronized (service) {
            facts.standby = Optional.empty();
            service.become(ServiceState.RUNNING, "");
        }
    }

    private void activateAndWait(ProcessIdentity program, Restore told) throws IOException, ManagerException {
        var theirs = ProcessOwner.directoryOf(ProcessOwner.of(program.pid()));
        try {
            var ready = theirs.resolve("ready");
            activate(program, told, Optional.of(ready));
            var why = Held.awaitReady(program, ready);
            if (why.isPresent()) {
                throw new ManagerException(
                        Kind.FAILED,
                        "service " + service.called() + " failed to get ready: " + why.get(),
                        "Look at its logs");
            }
        } finally {
            Documents.delete(theirs);
        }
    }
}
