package dev.checkpointer.agent;

import dev.checkpointer.engine.EngineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a checkpoint came to its end.
 *
 * @param how the kind of end
 * @param causes what failed
 */
record Ending(How how, List<Throwable> causes) {
    enum How {
        /** This is the restored program. */
        RESTORED("restored"),
        /** The program was dumped and left running, or was never dumped: somebody said that it is over. */
        CONTINUED("continued"),
        ABORTED("aborted"),
        /** The process that was to dump has ended, and this program runs on. */
        DUMPER_ENDED("the dumping process has ended"),
        TIMED_OUT("no dump came in time"),
        FAILED("failed");

        private final String text;

        How(String text) {
            this.text = text;
        }
    }

    static Ending failed(Throwable failure) {
        var inner = failure.getSuppressed();
        return new Ending(How.FAILED, inner.length > 0 ? Arrays.asList(inner) : List.of(failure));
    }

    String text() {
        return how.text;
    }

    /** For people: every cause with its own causes. */
    List<String> details() {
        var lines = new ArrayList<String>();
        for (var cause : causes) {
            lines.add(describe(cause));
            for (var inner = cause.getCause(); inner != null; inner = inner.getCause()) {
                lines.add("caused by " + describe(inner));
            }
        }
        return lines;
    }

    /** Checkpointer's own exceptions are sentences; what others throw needs its type. */
    private static String describe(Throwable failure) {
        return failure instanceof EngineException ? failure.getMessage() : failure.toString();
    }

    Answer answer() {
        if (how == How.FAILED) {
            return Answer.error(details(), "the checkpoint failed");
        }
        return causes.isEmpty()
                ? Answer.ok(text())
                : Answer.error(details(), text() + ", but " + causes.size() + " failure(s) in afterRestore");
    }

    static String seconds(Duration time) {
        return time.toMillis() / 1000.0 + " s";
    }
}
