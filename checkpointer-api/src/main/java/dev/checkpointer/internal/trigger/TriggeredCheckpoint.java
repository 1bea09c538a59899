package dev.checkpointer.internal.trigger;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.TcpMode;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.jvm.Coordinator;
import dev.checkpointer.internal.jvm.History;
import dev.checkpointer.internal.jvm.Obstacles;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.crac.CheckpointException;
import javax.crac.RestoreException;

/** The warm-up and the checkpoint that follow a trigger. Nobody waits for it, so standard error hears of failures. */
final class TriggeredCheckpoint {
    /** How long a server may take to close the last connection of a trigger or a warm-up. Tomcat takes up to a second. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final long PAUSE_MILLIS = 20;

    private final String trigger;

    TriggeredCheckpoint(String trigger) {
        this.trigger = trigger;
    }

    void run() {
        try {
            checkpoint();
        } catch (TriggerException | InterruptedException | RuntimeException | EngineException e) {
            History.INSTANCE.failed(List.of(e));
            tell("no image at " + trigger, e);
        } catch (CheckpointException e) {
            tell("no image at " + trigger, e.getSuppressed());
        } catch (RestoreException e) {
            tell("restored, but not whole", e.getSuppressed());
        }
    }

    private static void checkpoint()
            throws TriggerException, InterruptedException, EngineException, CheckpointException, RestoreException {
        var settings = Settings.current();
        var request = CheckpointRequest.builder().build();
        var warmUp = settings.text(Setting.WARMUP);
        if (warmUp.isPresent()) {
            WarmUp.run(warmUp.get(), settings.duration(Setting.TIMEOUT));
        }
        awaitClosedConnections(request.toBuilder().tcp(TcpMode.REFUSE).build());
        Coordinator.instance().checkpoint(request);
    }

    /** Those that stay may be closed by a resource, or are an obstacle that the checkpoint itself tells of. */
    private static void awaitClosedConnections(CheckpointRequest request) throws EngineException, InterruptedException {
        long end = System.nanoTime() + GRACE.toNanos();
        while (System.nanoTime() < end
                && Obstacles.of(request, Set.of()).stream().anyMatch(o -> o.kind() == FailureKind.TCP_CONNECTION)) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    static void tell(String what, Throwable... causes) {
        var text = new StringBuilder("checkpointer: ").append(what);
        for (var cause : causes) {
            boolean sentence = cause instanceof TriggerException
                    || cause instanceof EngineException
                    || cause instanceof dev.checkpointer.SettingException;
            text.append(causes.length == 1 ? ": " : "\n  ").append(sentence ? cause.getMessage() : cause);
        }
        System.err.println(text);
    }
}
