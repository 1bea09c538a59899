package dev.checkpointer.libcriu;

import com.sun.jna.Pointer;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.engine.StageListener;
import java.util.OptionalLong;
import java.util.function.IntToLongFunction;

/** Hands the library's notifications on to a listener, on the thread of the call. */
final class Stages implements LibCriu.Notification {
    /** The library returns it; more than zero would pass for the PID of a restored program. */
    private static final int REFUSED = -LibCriu.ECOMM;

    private final LibCriu library;
    private final StageListener listener;
    private final IntToLongFunction visiblePid;
    private final Runnable abandon;
    private volatile Throwable failure;

    /**
     * For one call.
     *
     * @param library where PIDs are asked for
     * @param listener who hears
     * @param visiblePid the PID as this JVM sees it, 0 where that is not to be known
     * @param abandon ends what was begun, while CRIU still waits: after the last stages it does not heed an answer
     */
    Stages(LibCriu library, StageListener listener, IntToLongFunction visiblePid, Runnable abandon) {
        this.library = library;
        this.listener = listener;
        this.visiblePid = visiblePid;
        this.abandon = abandon;
    }

    @Override
    public int reached(String stage, Pointer arguments) {
        try {
            long pid = visiblePid.applyAsLong(library.criu_notify_pid(arguments));
            listener.reached(stage, pid > 0 ? OptionalLong.of(pid) : OptionalLong.empty());
            return 0;
        } catch (Throwable e) { // nothing may get out to the library's code
            failure = e;
            abandon.run();
            return REFUSED;
        }
    }

    /** Throws what the listener made of the call. */
    void requireSuccess(String what) throws EngineException {
        if (failure != null) {
            var exception =
                    new EngineException(FailureKind.OTHER, "the listener stopped the " + what + ": " + failure, "");
            exception.initCause(failure);
            throw exception;
        }
    }
}
