package dev.checkpointer.internal.trigger;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Semaphore;

/**
 * Waits for a signal, time and again. The JDK's class for signals is in the module {@code jdk.unsupported}, which may be
 * missing, and javac warns of it; hence the reflection.
 */
final class SignalTrigger implements Trigger {
    private final Semaphore signals = new Semaphore(0);
    private boolean asked;

    private SignalTrigger() {}

    static SignalTrigger install(String name) throws TriggerException {
        var trigger = new SignalTrigger();
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        trigger.signals.release();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
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

    /** Signals that came during the last checkpoint do not ask for one more. */
    @Override
    public boolean await() throws InterruptedException {
        if (asked) {
            signals.drainPermits();
        }
        asked = true;
        signals.acquire();
        return true;
    }

    @Override
    public boolean repeats() {
        return true;
    }
}
