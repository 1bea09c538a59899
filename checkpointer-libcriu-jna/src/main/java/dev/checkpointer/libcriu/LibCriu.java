package dev.checkpointer.libcriu;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;

/**
 * The functions of {@code libcriu.so.2} that are used here, as CRIU's header {@code criu.h} declares them. Those that return
 * a number return less than zero when they fail, except where another rule is given.
 */
interface LibCriu extends Library {
    /** CRIU has failed, and its log says why. */
    int EBADE = 52;

    /** CRIU is gone, or the notification of a stage was refused. */
    int ECOMM = 70;

    /** CRIU's worker was not started. */
    int ECONNREFUSED = 111;

    /** This CRIU does not know the request. */
    int EINVAL = 22;

    /** CRIU answered something else than what it was asked. */
    int EBADMSG = 74;

    /** Hears how far CRIU is. */
    interface Notification extends Callback {
        /** The stage, and what {@link #criu_notify_pid} reads; returns 0 to go on. */
        int reached(String stage, Pointer arguments);
    }

    /** Forgets all options; has to be called first. */
    int criu_init_opts();

    /** The command that is run with the arguments {@code swrk NUMBER}. */
    int criu_set_service_binary(String path);

    /** The tree to dump; without it the calling process. */
    void criu_set_pid(int pid);

    /** The images directory, as a descriptor of this process. */
    void criu_set_images_dir_fd(int descriptor);

    /** A configuration file of CRIU's, which overrides all other options. */
    int criu_set_config_file(String path);

    /** The log's name in the work directory, without a slash. */
    int criu_set_log_file(String name);

    /** How much CRIU logs, 0 to 4. */
    void criu_set_log_level(int level);

    /** Whether the tree goes on after the dump. */
    void criu_set_leave_running(boolean value);

    /** Whether the kernel notes which pages change, and only those are dumped that changed since a pre-dump. */
    void criu_set_track_mem(boolean value);

    /** Where the images of the pre-dump are, seen from the images directory. */
    int criu_set_parent_images(String path);

    /** Whether connected TCP sockets come back closed. */
    void criu_set_tcp_close(boolean value);

    /** Whether TCP connections are kept. */
    void criu_set_tcp_established(boolean value);

    /** Whether file locks are dumped or restored. */
    void criu_set_file_locks(boolean value);

    /** Whether the tree belongs to a foreign session. */
    void criu_set_shell_job(boolean value);

    /** Whether CRIU runs without root's rights; since 3.18. */
    void criu_set_unprivileged(boolean value);

    /** The largest deleted file that is dumped, an unsigned number of bytes. */
    void criu_set_ghost_limit(int limit);

    /** How control groups are treated, a number of {@code enum criu_cg_mode}. */
    void criu_set_manage_cgroups_mode(int mode);

    /** One more resource outside of the image. */
    int criu_add_external(String resource);

    /** What stands in for a descriptor, as a descriptor of the worker. */
    int criu_add_inherit_fd(int descriptor, String key);

    /** What takes CRIU's place when the program runs. */
    int criu_set_exec_cmd(int count, String[] arguments);

    /** Who hears of stages. It has to stay reachable as long as calls are made. */
    void criu_set_notify_cb(Notification notification);

    /** The root of the restored tree, 0 where it is not known. */
    int criu_notify_pid(Pointer arguments);

    /** Dumps: 0 when the tree goes on or has ended, 1 in a process that was restored. */
    int criu_dump();

    /** Restores, and returns the PID. */
    int criu_restore();

    /** Restores as a child of this process, and returns the PID. */
    int criu_restore_child();
}
