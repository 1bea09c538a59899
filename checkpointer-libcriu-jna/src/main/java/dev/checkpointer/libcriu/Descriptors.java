package dev.checkpointer.libcriu;

import com.sun.jna.LastErrorException;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The descriptors of one call of the library: what it may use, and what its worker inherits. Closed after the call. */
final class Descriptors implements AutoCloseable {
    /** The numbers below are for the program's standard streams in the worker, and for shells. */
    private static final int FIRST_FREE = 7;

    private static final int MODE = 0666;

    private final LibC libc;
    private final List<Integer> open = new ArrayList<>();
    private final List<Integer> inherited = new ArrayList<>();

    Descriptors(LibC libc) {
        this.libc = libc;
    }

    /** Occupies the small numbers, which the worker puts to another use. The library's socket gets a larger one then. */
    void occupySmall() throws EngineException {
        while (open(Path.of("/dev/null"), LibC.O_RDONLY | LibC.O_CLOEXEC) < FIRST_FREE) {}
    }

    /** Opens a directory for this process alone. */
    int directory(Path directory) throws EngineException {
        return open(directory, LibC.O_RDONLY | LibC.O_CLOEXEC);
    }

    /** Opens a file for the worker. */
    int inherited(Redirect file) throws EngineException {
        int number = open(file.file().toPath().toAbsolutePath(), flags(file));
        inherited.add(number);
        return number;
    }

    private static int flags(Redirect file) {
        return switch (file.type()) {
            case WRITE -> LibC.O_WRONLY | LibC.O_CREAT | LibC.O_TRUNC;
            case APPEND -> LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND;
            default -> LibC.O_RDONLY;
        };
    }

    private int open(Path file, int flags) throws EngineException {
        try {
            int number = libc.open(file.toString(), flags, MODE);
            open.add(number);
            return number;
        } catch (LastErrorException e) {
            throw new EngineException(
                    FailureKind.NOT_WRITABLE,
                    "cannot open " + file + ": " + e.getMessage(),
                    "Name a file that this user may use");
        }
    }

    /** The library forks, so that the worker, and a supervisor after it, would keep all that is open in this process. */
    void keepTheRest() throws EngineException {
        try (var numbers = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var number : numbers) {
                closeOnExec(Integer.parseInt(number.getFileName().toString()));
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new EngineException(
                    FailureKind.UNAVAILABLE, "cannot look at the descriptors of this process: " + e, "Mount /proc");
        }
    }

    private void closeOnExec(int number) {
        if (number <= 2 || inherited.contains(number)) {
            return;
        }
        try {
            libc.fcntl(number, LibC.F_SETFD, LibC.FD_CLOEXEC);
        } catch (LastErrorException e) {
            return; // it was closed meanwhile
        }
    }

    @Override
    public void close() {
        open.forEach(libc::close);
        open.clear();
    }
}
