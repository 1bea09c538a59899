package dev.checkpointer.criu.exec;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/**
 * Restores an image with its own standard streams. With {@code child} it ends with the program's exit status, otherwise
 * as soon as the program runs.
 */
final class RestoringProgram {
    private RestoringProgram() {}

    public static void main(String[] arguments) throws Exception {
        var request = RestoreRequest.builder(Path.of(arguments[0]))
                .engine("criu-exec")
                .child(arguments[1].equals("child"))
                .input(Redirect.INHERIT)
                .output(Redirect.INHERIT)
                .error(Redirect.INHERIT)
                .build();
        var exitStatus = Checkpointer.restore(request).exitStatus();
        System.exit(exitStatus.isPresent() ? exitStatus.get().get() : 0);
    }
}
