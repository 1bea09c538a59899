package dev.checkpointer.criu.rpc;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts {@code criu swrk} with one end of a socket pair. CRIU takes the process that made the pair for the one that asks.
 * For one thread.
 */
final class Worker {
    /** The number of the worker's end of the socket pair, as a word of its command line. */
    static final String SOCKET = "3";

    private static final int SOCKET_NUMBER = 3;

    /** Where other descriptors are put that the worker is given: behind the single-digit ones, which shells use. */
    static final int FIRST_GIVEN = 10;

    /** More than any C library's structures need, for file actions, attributes and a set of signals. */
    private static final int STRUCTURE_SIZE = 1024;

    private static final int MODE = 0666;

    private final LibC libc;
    private final List<String> command;
    private final List<Opened> files = new ArrayList<>();

    /** A file that is opened in the worker's process. */
    private record Opened(int number, Path file, int flags) {}

    Worker(LibC libc, List<String> command) {
        this.libc = libc;
        this.command = command;
    }

    /** Has the worker's process open a file with this number. */
    Worker open(int number, Path file, int flags) {
        files.add(new Opened(number, file, flags));
        return this;
    }

    /** The same, started by another command. */
    Worker behind(String... starter) {
        var all = new ArrayList<>(List.of(starter));
        all.addAll(command);
        var worker = new Worker(libc, all);
        worker.files.addAll(files);
        return worker;
    }

    /** A started process and the connection to it. */
    record Started(int pid, Connection connection) {}

    Started start(boolean interruptible) throws IOException {
        var pair = new int[2];
        try {
            libc.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, pair);
        } catch (LastErrorException e) {
            throw new IOException("cannot make a socket pair: " + e.getMessage(), e);
        }
        var connection = new Connection(libc, pair[0], interruptible);
        try {
            return new Started(spawn(pair[1]), connection);
        } catch (IOException e) {
            connection.close();
            throw e;
        } finally {
            libc.close(pair[1]);
        }
    }

    private int spawn(int socket) throws IOException {
        closeOnExec();
        try (var actions = new Memory(STRUCTURE_SIZE);
                var attributes = new Memory(STRUCTURE_SIZE);
                var noSignals = new Memory(STRUCTURE_SIZE)) {
            noSignals.clear();
            libc.posix_spawnattr_init(attributes);
            libc.posix_spawnattr_setflags(attributes, (short) LibC.POSIX_SPAWN_SETSIGMASK);
            libc.posix_spawnattr_setsigmask(attributes, noSignals);
            libc.posix_spawn_file_actions_init(actions);
            libc.posix_spawn_file_actions_adddup2(actions, socket, SOCKET_NUMBER);
            for (var file : files) {
                libc.posix_spawn_file_actions_addopen(
                        actions, file.number(), file.file().toString(), file.flags(), MODE);
            }
            var pid = new IntByReference();
            var words = command.toArray(String[]::new);
            int error = libc.posix_spawnp(pid, words[0], actions, attributes, words, LibC.environment());
            libc.posix_spawn_file_actions_destroy(actions);
            libc.posix_spawnattr_destroy(attributes);
            if (error != 0) {
                throw new IOException("cannot start " + words[0] + " with its files: error " + error);
            }
            return pid.getValue();
        }
    }

    /** The JVM's own descriptors would stay open in the worker, and in a supervisor as long as the program runs. */
    private void closeOnExec() throws IOException {
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var descriptor : descriptors) {
                int number = Integer.parseInt(descriptor.getFileName().toString());
                if (number > 2) {
                    closeOnExec(number);
                }
            }
        }
    }

    private void closeOnExec(int number) {
        try {
            libc.fcntl(number, LibC.F_SETFD, LibC.FD_CLOEXEC);
        } catch (LastErrorException e) {
            return; // it was closed meanwhile
        }
    }
}
