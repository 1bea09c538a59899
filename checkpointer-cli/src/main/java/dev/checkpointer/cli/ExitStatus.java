package dev.checkpointer.cli;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;

/** The exit statuses, those of the launcher among them. */
final class ExitStatus {
    static final int DONE = 0;
    /** {@code doctor} found something that keeps checkpoints from working; or an error of this command itself. */
    static final int FAILED = 1;

    static final int USAGE = 2;
    static final int INCOMPLETE = 111;
    static final int REFUSED = 112;
    static final int CRIU = 113;
    static final int DEADLINE = 114;
    /** There is an image, but the program that was left running failed in its afterRestore. */
    static final int AFTERWARDS = 116;

    private ExitStatus() {}

    /** Where there is a log, CRIU was started; what fails before that is a refusal. */
    static int of(EngineException e) {
        return switch (e.kind()) {
            case TIMEOUT -> DEADLINE;
            case IMAGE_INCOMPLETE, IMAGE_DAMAGED -> INCOMPLETE;
            case KILLED, OTHER, INTERRUPTED -> CRIU;
            default -> e.log().isPresent() && e.kind() != FailureKind.IMAGE_REFUSED ? CRIU : REFUSED;
        };
    }
}
