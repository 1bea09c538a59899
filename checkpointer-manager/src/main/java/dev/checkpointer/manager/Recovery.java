package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;

/** How a daemon goes on with a service that an earlier one kept: by what is really there. */
final class Recovery {
    private static final Duration BEGINNING = Duration.ofMinutes(3);

    private final Service service;
    private final Context context;
    private final ServiceFacts facts;
    private final Run run;

    Recovery(Service service, Context context, ServiceFacts facts, Run run) {
        this.service = service;
        this.context = context;
        this.facts = facts;
        this.run = run;
    }

    /** Returns at once; what takes its time goes on beside. */
    void begin() {
        if (!facts.state.busy()) {
            if (facts.state == ServiceState.DEAD && facts.standby.isEmpty()) {
                service.restarts().ended(); // which the other one did not live to see
            }
            return;
        }
        if (facts.state == ServiceState.DUMPING) {
            context.scheduler().execute(service.dumping()::finishThatOfAnother);
        } else if (facts.state == ServiceState.STARTING || facts.state == ServiceState.RESTORING) {
            context.scheduler().execute(this::finishBeginningOfAnother);
        } else if (run.watched().isPresent()) {
            if ((facts.state == ServiceState.STANDBY || facts.standby.isPresent())
                    && service.program().isPresent()) {
                becomeWhatItIs(service.program().get());
            }
            service.watch();
        } else {
            service.ended();
        }
    }

    /** What it began goes on without it, or will not be begun any more. */
    private void finishBeginningOfAnother() {
        try {
            boolean revoked = run.revoke();
            Waiting.until(BEGINNING, () -> service.begun() || run.watched().isEmpty());
            Files.deleteIfExists(service.variables());
            if (revoked) {
                run.clear();
            }
            var program = service.program();
            if (program.isPresent()) {
                run.keep(program.get());
                synchronized (service) {
                    facts.image = facts.restoring.or(() -> facts.image);
                    facts.restoring = Optional.empty();
                }
                becomeWhatItIs(program.get());
            }
        } catch (IOException e) {
            context.events().tell("service.unsaved", service.id(), e.toString());
        }
        service.watch();
    }

    private void becomeWhatItIs(ProcessIdentity program) {
        if (facts.standby.isPresent() && !service.activation().held().told()) {
            service.become(ServiceState.STANDBY, "");
            return;
        }
        if (facts.standby.isPresent()) {
            service.activation().held().release(program);
        }
        facts.standby = Optional.empty();
        service.become(ServiceState.RUNNING, "");
    }
}
