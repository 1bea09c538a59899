package dev.checkpointer;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;

/**
 * An image directory cannot be used as asked.
 *
 * @since 0.1.0
 */
public class ImageException extends EngineException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param kind what kind of failure
     * @param message what was expected and what was found
     * @param remedy what to do, one sentence
     */
    public ImageException(FailureKind kind, String message, String remedy) {
        super(kind, message, remedy);
    }
}
