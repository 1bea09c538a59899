package dev.checkpointer.internal.trigger;

import dev.checkpointer.internal.jvm.Coordinator;
import dev.checkpointer.internal.proc.ProcStat;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.crac.Context;
import javax.crac.Resource;

/**
 * Waits for a signal, time and again. The JDK's class for signals is in the module {@code jdk.unsupported}, which may be
 * missing, and javac warns of it; hence the reflection.
 */
final class SignalTrigger implements Trigger, Resource {
    /** The start time of the process that got the signal. */
    private final BlockingQueue<Long> signals = new LinkedBlockingQueue<>();

    private long dumped;

    private SignalTrigger() {}

    static SignalTrigger install(String name) throws TriggerException {
        var trigger = new SignalTrigger();
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        trigger.signals.add(startTime());
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            Coordinator.instance().attend(trigger);
            return trigger;
        } catch (ClassNotFoundException e) {
            throw new TriggerException(
                    "signals need the module jdk.unsupported, which this JVM does not have",
                    "Start it with --add-modules jdk.unsupported, or choose another trigger");
        } catch (InvocationTargetException e) {
            throw new TriggerException(
                    "the JVM does not give signal " + name + " away: "
                            + e.getCause().getMessage(),
                    "Choose the other one of USR1 and USR2, or another trigger");
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new TriggerException("signal " + name + " cannot be used: " + e, "Choose another trigger");
        }
    }

    @Override
    public boolean await() throws InterruptedException {
        signals.take();
        return true;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        dumped = startTime();
    }

    /** Signals that came until the dump do not ask for one more. Those that the restored program gets do, from the first on. */
    @Override
    public void afterRestore(Context<? extends Resource> context) {
        long now = startTime();
        signals.removeIf(came -> came != now || now == dumped);
    }

    /** A restored process has a later one. */
    private static long startTime() {
        return ProcStat.read(ProcessHandle.current().pid())
                .map(ProcStat::startTime)
                .orElse(0L);
    }

    @Override
    public boolean repeats() {
        return true;
    }
}
