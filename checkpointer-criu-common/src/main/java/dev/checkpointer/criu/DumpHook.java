package dev.checkpointer.criu;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The action script of a dump: a file that CRIU runs at several points (criu(8), {@code --action-script}). After the dump,
 * while the process is frozen, it finishes the image; when that fails the process goes on. It removes itself then, since
 * it does not belong to the image.
 *
 * @since 0.1.0
 */
public final class DumpHook {
    /** The file's name in the staging directory. */
    public static final String NAME = "dump.hook";

    private DumpHook() {}

    /**
     * Writes the file.
     *
     * @param request the request of the dump
     * @return the file
     * @throws EngineException when the directory cannot hold it, or files in it cannot be executed
     */
    public static Path write(CheckpointRequest request) throws EngineException {
        return write(request, ":");
    }

    /**
     * Writes the file, with something to do before the dump.
     *
     * @param request the request of the dump
     * @param beforeDump a shell command that runs in the staging directory, when CRIU has opened that and its log and has
     *     frozen nothing yet; the dump fails when it does
     * @return the file
     * @throws EngineException when the directory cannot hold it, or files in it cannot be executed
     */
    public static Path write(CheckpointRequest request, String beforeDump) throws EngineException {
        return executable(request.stagingDirectory().resolve(NAME), text(request, beforeDump));
    }

    /**
     * Does what {@link #write} does, but for the file, so that it is quicker the next time.
     *
     * @param request the request of the dump
     */
    public static void rehearse(CheckpointRequest request) {
        text(request, ":");
    }

    private static String text(CheckpointRequest request, String beforeDump) {
        return """
                #!/bin/sh
                cd %s || exit 1
                if [ "$CRTOOLS_SCRIPT_ACTION" = pre-dump ]; then %s; exit; fi
                [ "$CRTOOLS_SCRIPT_ACTION" = post-dump ] || exit 0
                rm -f dump.hook dump.conf dump.service
                exec >>%s 2>&1
                exec %s
                """.formatted(
                        Shell.quote(request.stagingDirectory().toString()),
                        beforeDump,
                        DumpFailure.OUTPUT,
                        Shell.quote(PostDump.command(request)));
    }

    /**
     * Writes a script that CRIU or its library executes.
     *
     * @param file the file
     * @param text what is in it
     * @return the file
     * @throws EngineException when it cannot be written or not be executed
     */
    public static Path executable(Path file, String text) throws EngineException {
        try {
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw ImageDirectory.notWritable(file.getParent(), e);
        }
        if (!Files.isExecutable(file)) {
            throw new EngineException(
                    FailureKind.NOT_WRITABLE,
                    "cannot execute " + file + "; its file system is mounted noexec",
                    "Set checkpointer.image to a directory on another file system");
        }
        return file;
    }
}
