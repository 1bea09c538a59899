package dev.checkpointer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every setting, once. A setting is a system property {@code checkpointer.*}; where the property is not set, the
 * environment variable {@code CHECKPOINTER_*} counts, and then the default.
 *
 * @since 0.1.0
 */
public enum Setting {
    /** Forces one engine. */
    ENGINE(
            "engine",
            SettingType.TEXT,
            "",
            "Name of the engine to use. Without it the available engine with the highest priority is used. Single engines are taken out with `checkpointer.engine.<name>.enabled=false`."),
    /** Where the image goes. */
    IMAGE(
            "image",
            SettingType.PATH,
            "checkpointer-image",
            "Directory of the image. `%p` stands for the PID, `%t` for the time (seconds since 1970), `%%` for a percent sign."),
    /** Whether a finished image may be replaced. */
    OVERWRITE(
            "overwrite",
            SettingType.BOOLEAN,
            "false",
            "Replace a finished image in the directory. The old one stays until the new one is finished."),
    /** Whether the program goes on after the dump. */
    LEAVE_RUNNING(
            "leave.running",
            SettingType.BOOLEAN,
            "false",
            "Let the program go on after the image is written instead of ending it."),
    /** Whether memory is copied before the process is frozen. */
    PREDUMP(
            "predump",
            SettingType.BOOLEAN,
            "false",
            "Copy the memory of another process while it still runs, before it is notified and frozen, so that the dump has only to write what changed since. Where the kernel does not track changes (soft-dirty), or the engine has no pre-dump, the dump is a whole one, and a warning says why."),
    /** What happens to connected TCP sockets. */
    TCP(
            "tcp",
            SettingType.TCP,
            "refuse",
            "What to do with connected TCP sockets: `refuse` the checkpoint, `close` brings them back closed, `established` tries to keep the connections."),
    /** Whether file locks are dumped. */
    FILE_LOCKS(
            "file.locks",
            SettingType.BOOLEAN,
            "true",
            "Write file locks to the image. The JVM itself holds one on its performance data file."),
    /** Whether the process belongs to a foreign session. */
    SHELL_JOB(
            "shell.job",
            SettingType.AUTO,
            "auto",
            "Whether the process belongs to a session or terminal of somebody else, as a program started from a shell does. `auto` looks."),
    /** The largest deleted file that goes into an image. */
    GHOST_LIMIT(
            "ghost.limit",
            SettingType.SIZE,
            "64M",
            "Largest deleted but still open file whose content goes into the image."),
    /** The rules about descriptors. */
    POLICIES(
            "policies",
            SettingType.PATH,
            "",
            "File of rules that say what becomes of open files, sockets, pipes and devices: see docs/descriptors.md. Without it that of `jdk.crac.resource-policies`, where that is set."),
    /** What becomes of descriptors that no rule is about. */
    DESCRIPTORS(
            "descriptors",
            SettingType.DESCRIPTORS,
            "lenient",
            "What becomes of descriptors that no rule is about: `lenient` leaves to CRIU what it can bring back, `strict` refuses the checkpoint over every open file, socket and pipe of the program's, as the CRaC JDK does."),
    /** Whether it is noted where descriptors are opened. */
    DESCRIPTORS_TRACE(
            "descriptors.trace",
            SettingType.BOOLEAN,
            "false",
            "Note where each descriptor is opened, and put that stack trace into the refusal. Needs the agent, from the start of the program."),
    /** Whether the heap is shrunk before a dump. */
    HEAP(
            "heap",
            SettingType.HEAP,
            "shrink",
            "`shrink` collects garbage and gives free memory back before the dump, for a smaller image. `keep` leaves the heap as it is."),
    /** What clocks make of the time between checkpoint and restore. */
    TIME(
            "time",
            SettingType.TIME,
            "auto",
            "Whether `System.nanoTime()` and all timed waits go on where they stopped (`continue`), or count the time between the checkpoint and the restore (`elapsed`). `auto` is `continue` where the one who restores has the rights for that."),
    /** How much CRIU logs. */
    LOG_LEVEL("log.level", SettingType.LOG_LEVEL, "2", "How much CRIU writes to its log."),
    /** How long a dump or restore may take. */
    TIMEOUT(
            "timeout",
            SettingType.DURATION,
            "60s",
            "Deadline of a dump, of a restore until the program runs, and of a warm-up."),
    /** The criu command. */
    CRIU(
            "criu",
            SettingType.PATH,
            "",
            "Path of the `criu` command. Without it `bin/criu` below the prefix is used, then the one on the `PATH`."),
    /** Where setup puts CRIU. */
    PREFIX(
            "prefix",
            SettingType.PATH,
            "",
            "Directory where `bin/setup` installs a CRIU of its own. Without it `/opt/checkpointer`, then `~/.local/share/checkpointer`."),
    /** The socket of a CRIU service. */
    RPC_SERVICE(
            "rpc.service",
            SettingType.PATH,
            "",
            "Socket of a running `criu service`, which the engine `criu-rpc` then uses instead of starting CRIU itself. For programs without privileges of their own."),
    /** CRIU's library. */
    LIBCRIU(
            "libcriu",
            SettingType.PATH,
            "",
            "Path of the library `libcriu.so.2`, for the engine `libcriu`. Without it `lib` below the prefix is searched, then the system's directories."),
    /** Where the agent's socket is. */
    CONTROL(
            "control",
            SettingType.PATH,
            "",
            "Directory of the agent's control socket `checkpointer.<pid>`, of mode 0700. Without it `$XDG_RUNTIME_DIR/checkpointer`, then `checkpointer-<uid>` in the temporary directory."),
    /** What makes an image without the program's doing. */
    AT(
            "at",
            SettingType.TRIGGER,
            "",
            "Make an image without the program's doing, when a URL answers with status 200, a text is written to standard output, some seconds have passed, a signal comes (each time anew), or the method `main` has returned while other threads run. Counts from the start of the agent, or without one from the first use of `org.crac`."),
    /** What is run before the image of a trigger. */
    WARMUP(
            "warmup",
            SettingType.TEXT,
            "",
            "Command that `sh -c` runs between what `checkpointer.at` waits for and its image. When it fails, or takes longer than `checkpointer.timeout`, there is no image."),
    /** What of the processor an image may need. */
    CPU(
            "cpu",
            SettingType.CPU,
            "native",
            "Which processors an image is for. `native`: those that have everything that this machine's has. `portable`: any x86-64-v2, if the JVM was started for that; a checkpoint is refused otherwise, and says how."),
    /** Whether to get ready for a checkpoint ahead. */
    REHEARSE(
            "rehearse",
            SettingType.BOOLEAN,
            "true",
            "Load ahead what a checkpoint needs, in the background, when the program registers its first resource. Otherwise the first checkpoint takes some tenths of a second longer."),
    /** Where the manager keeps what it knows. */
    STATE(
            "state",
            SettingType.PATH,
            "/var/lib/checkpointer",
            "Directory of the manager: its services and their images. For the manager and the commands that ask it."),
    /** Where the manager listens. */
    SOCKET(
            "socket",
            SettingType.PATH,
            "/run/checkpointer/daemon.sock",
            "Unix socket of the manager, for it and for the commands that ask it."),
    /** Whether to take over on a JDK with native CRaC. */
    FORCE(
            "force",
            SettingType.BOOLEAN,
            "false",
            "Take part on a JDK that implements CRaC itself, instead of leaving everything to that JDK.");

    private final String property;
    private final SettingType type;
    private final String defaultValue;
    private final String description;

    Setting(String name, SettingType type, String defaultValue, String description) {
        this.property = "checkpointer." + name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /**
     * The system property.
     *
     * @return its name
     */
    public String property() {
        return property;
    }

    /**
     * The environment variable.
     *
     * @return its name
     */
    public String variable() {
        return property.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /**
     * The value when nothing is set.
     *
     * @return the text, empty when there is none
     */
    public String defaultValue() {
        return defaultValue;
    }

    /**
     * Which values are allowed, for people.
     *
     * @return half a sentence
     */
    public String allowed() {
        return type.allowed();
    }

    /**
     * What the setting does.
     *
     * @return a sentence or two, in Markdown
     */
    public String description() {
        return description;
    }

    SettingType type() {
        return type;
    }

    static Optional<Setting> ofProperty(String property) {
        return Arrays.stream(values()).filter(s -> s.property.equals(property)).findFirst();
    }
}
