package dev.checkpointer.internal.jvm;

import java.util.Arrays;
import java.util.List;
import javax.crac.CheckpointException;

/** {@code org.crac} passes on nothing but suppressed exceptions, so every cause becomes one. */
final class Failures {
    private Failures() {}

    static CheckpointException checkpoint(Throwable... causes) {
        return checkpoint(Arrays.asList(causes));
    }

    static CheckpointException checkpoint(List<? extends Throwable> causes) {
        var exception = new CheckpointException(causes.get(0).getMessage());
        causes.forEach(exception::addSuppressed);
        return exception;
    }
}
