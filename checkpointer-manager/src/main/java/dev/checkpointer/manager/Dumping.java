package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** How the program of a service is written to an image: by a command that runs beside the daemon, and goes on without it. */
final class Dumping {
    private static final Duration DUMP = Duration.ofMinutes(3);
    private static final Duration END = Duration.ofSeconds(10);

    private final Service service;
    private final Context context;
    private final ServiceFacts facts;
    private final Run run;
    private final Run tool;

    Dumping(Service service, Context context, ServiceFacts facts, Run run) {
        this.service = service;
        this.context = context;
        this.facts = facts;
        this.run = run;
        this.tool = new Run(service.directory().resolve("dump"));
    }

    /** Writes the program to an image, with which it ends unless it is left running. */
    StoredImage run(boolean leaveRunning) throws ManagerException {
        var program = service.program();
        service.begin(ServiceState.DUMPING, ServiceState.RUNNING);
        try {
            if (program.isEmpty()) {
                throw new IOException("it has ended");
            }
            var draft = draft(program.get());
            synchronized (service) {
                facts.dumping = Optional.of(draft.id());
                facts.leaving = leaveRunning;
                service.save();
            }
            var target = context.images().reserve(draft);
            tool.start(
                    Run.Kind.TOOL,
                    context.launcher().dump(program.get(), target, leaveRunning),
                    Path.of("/"),
                    System.getenv(),
                    service.directory().resolve("dump.out").toFile(),
                    emptied(service.directory().resolve("dump.err")).toFile());
        } catch (IOException e) {
            dumpFailed();
            throw new ManagerException(
                    Kind.FAILED, "service " + service.called() + " cannot be dumped: " + e.getMessage(), "");
        }
        return finishDump();
    }

    private static Path emptied(Path file) throws IOException {
        return Files.writeString(file, "");
    }

    private StoredImage draft(ProcessIdentity program) {
        var seen = new Program(program);
        var document = service.spec().document();
        document.remove("env");
        document.remove("name");
        return new StoredImage(
                Names.newId(),
                Instant.now(),
                seen.comm(),
                seen.command(),
                Optional.of(service.id()),
                document,
                0,
                0,
                seen.jvm(),
                Set.of());
    }

    /** What an earlier daemon began. */
    void finishThatOfAnother() {
        try {
            tool.revoke();
            if (facts.dumping.isPresent()) {
                finishDump();
            } else {
                dumpFailed();
            }
        } catch (IOException | ManagerException e) {
            context.events().tell("service.undumped", service.id(), e.getMessage());
        }
    }

    /** The tool keeps its own deadline. */
    private StoredImage finishDump() throws ManagerException {
        var name = facts.dumping.orElseThrow();
        Waiting.until(DUMP, () -> tool.watched().isEmpty());
        try {
            var stored = context.images().commit(name);
            if (!facts.leaving) {
                Waiting.until(END, () -> run.watched().isEmpty());
            }
            synchronized (service) {
                facts.image = Optional.of(name);
                facts.dumping = Optional.empty();
                facts.exitStatus = Optional.empty();
                service.become(facts.leaving ? ServiceState.RUNNING : ServiceState.DUMPED, "");
            }
            context.events().tell("image.created", name, "of service " + service.called());
            if (facts.leaving) {
                service.watch();
            }
            return stored;
        } catch (IOException e) {
            var why = Service.read(service.directory().resolve("dump.err"));
            dumpFailed();
            throw new ManagerException(
                    Kind.FAILED,
                    "service " + service.called() + " was not dumped: " + (why.isEmpty() ? e.getMessage() : why),
                    "");
        }
    }

    private void dumpFailed() {
        try {
            if (facts.dumping.isPresent()) {
                context.images().remove(facts.dumping.get());
            }
        } catch (IOException e) {
            context.events().tell("image.left", facts.dumping.get(), e.toString());
        }
        synchronized (service) {
            facts.dumping = Optional.empty();
            service.become(ServiceState.RUNNING, "");
        }
        service.watch();
    }
}
