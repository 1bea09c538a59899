package dev.checkpointer.libcriu;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.TcpMode;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells the library the options of a dump or restore. Flags are set in any case, so that a configuration file of CRIU's
 * changes none. What the library has no function for is refused by the option's name when it is asked for. The work directory
 * of a restore is not among them: the worker has it on its command line.
 */
final class LibCriuOptions {
    private static final long MOST_GHOST_LIMIT = 0xffffffffL;

    private final LibCriu library;

    LibCriuOptions(LibCriu library) {
        this.library = library;
    }

    private interface Flag {
        void set(boolean value);
    }

    private interface Value {
        int set();
    }

    /**
     * Forgets the options of the last call.
     *
     * @param worker the command to start, with the arguments {@code swrk NUMBER}
     */
    void begin(Path worker) throws EngineException {
        value("init", library::criu_init_opts);
        value("service_binary", () -> library.criu_set_service_binary(worker.toString()));
    }

    /** The images directory as a descriptor, which CRIU looks up in this process. */
    void images(int descriptor) {
        library.criu_set_images_dir_fd(descriptor);
    }

    /** A file with more options, which override all others. */
    void configuration(Path file) throws EngineException {
        value("config_file", () -> library.criu_set_config_file(file.toString()));
    }

    /** The options of a dump; the process to dump is named unless it is the calling one. */
    void set(DumpOptions options, boolean self) throws EngineException {
        if (options.ghostLimit() > MOST_GHOST_LIMIT) {
            throw refused("ghost_limit of 4 GiB or more");
        }
        if (!self) {
            library.criu_set_pid((int) options.pid());
        }
        flag("leave_running", options.leaveRunning(), library::criu_set_leave_running);
        value("ghost_limit", () -> {
            library.criu_set_ghost_limit((int) options.ghostLimit());
            return 0;
        });
        log(options.logFile(), options.logLevel());
        connections(options.tcp());
        flag("file_locks", options.fileLocks(), library::criu_set_file_locks);
        flag("shell_job", options.shellJob(), library::criu_set_shell_job);
        flag("unprivileged", options.unprivileged(), library::criu_set_unprivileged);
        cgroups(options.cgroups());
        external(options.external());
        if (options.parentImages().isPresent()) {
            flag("track_mem", true, library::criu_set_track_mem);
            value(
                    "parent_images",
                    () -> library.criu_set_parent_images(options.parentImages().get()));
        }
    }

    /** The options of a restore. Whether the program becomes a child is for another function of the library. */
    void set(RestoreOptions options) throws EngineException {
        if (options.leaveStopped()) {
            throw refused("leave_stopped, which a child in a PID namespace of its own needs");
        }
        log(options.logFile(), options.logLevel());
        connections(options.tcp());
        flag("file_locks", options.fileLocks(), library::criu_set_file_locks);
        flag("shell_job", options.shellJob(), library::criu_set_shell_job);
        flag("unprivileged", options.unprivileged(), library::criu_set_unprivileged);
        cgroups(options.cgroups());
        external(options.external());
        for (var inherited : options.inherited()) {
            inherit(inherited.descriptor(), inherited.key());
        }
        if (!options.execCommand().isEmpty()) {
            var command = options.execCommand().toArray(String[]::new);
            value("exec_cmd", () -> library.criu_set_exec_cmd(command.length, command));
        }
    }

    /** What stands in for a descriptor. */
    void inherit(int descriptor, String key) throws EngineException {
        value("inherit_fd", () -> library.criu_add_inherit_fd(descriptor, key));
    }

    private void log(String file, int level) throws EngineException {
        value("log_file", () -> library.criu_set_log_file(file));
        library.criu_set_log_level(level);
    }

    private void connections(TcpMode tcp) throws EngineException {
        flag("tcp_close", tcp == TcpMode.CLOSE, library::criu_set_tcp_close);
        flag("tcp_established", tcp == TcpMode.ESTABLISHED, library::criu_set_tcp_established);
    }

    private void cgroups(Optional<CgroupMode> mode) throws EngineException {
        if (mode.isPresent()) {
            value("manage_cgroups_mode", () -> {
                library.criu_set_manage_cgroups_mode(number(mode.get()));
                return 0;
            });
        }
    }

    private static int number(CgroupMode mode) {
        return switch (mode) {
            case IGNORE -> 0;
            case NONE -> 1;
            case PROPS -> 2;
            case SOFT -> 3;
            case FULL -> 4;
            case STRICT -> 5;
        };
    }

    private void external(Iterable<String> resources) throws EngineException {
        for (var resource : resources) {
            value("external", () -> library.criu_add_external(resource));
        }
    }

    /** A flag that the library does not know is false there. */
    private static void flag(String option, boolean value, Flag function) throws EngineException {
        try {
            function.set(value);
        } catch (UnsatisfiedLinkError e) {
            if (value) {
                throw refused(option);
            }
        }
    }

    private static void value(String option, Value function) throws EngineException {
        try {
            int result = function.set();
            if (result != 0) {
                throw new EngineException(
                        FailureKind.OTHER, "libcriu did not take the option " + option + ": error " + -result, "");
            }
        } catch (UnsatisfiedLinkError e) {
            throw refused(option);
        }
    }

    private static EngineException refused(String option) {
        return new EngineException(
                FailureKind.UNAVAILABLE,
                "this libcriu has no function for the option " + option,
                "Use another engine, such as criu-rpc, or install libcriu 4.2 or later");
    }
}
