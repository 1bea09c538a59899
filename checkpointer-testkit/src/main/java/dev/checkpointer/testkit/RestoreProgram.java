package dev.checkpointer.testkit;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import java.nio.file.Path;

/**
 * Restores an image, for tests in which somebody else than the test does it.
 *
 * @since 0.1.0
 */
public final class RestoreProgram {
    private RestoreProgram() {}

    /**
     * Restores and prints the PID.
     *
     * @param arguments the image, where the program's output goes if that is to be said, and {@code lazy} for a lazy restore
     * @throws Exception when nothing was restored
     */
    public static void main(String[] arguments) throws Exception {
        var request = RestoreRequest.builder(Path.of(arguments[0]));
        if (arguments.length > 1) {
            request.output(Path.of(arguments[1]));
        }
        request.lazy(arguments.length > 2);
        System.out.println("pid " + Checkpointer.restore(request.build()).pid());
    }
}
