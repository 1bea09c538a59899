package dev.checkpointer;

import dev.checkpointer.engine.StageListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to dump and how. Immutable. What the builder is not told comes from the settings at the time of
 * {@link Builder#build()}.
 *
 * @since 0.1.0
 */
public final class CheckpointRequest {
    private final Builder values;

    private CheckpointRequest(Builder values) {
        this.values = values;
    }

    /**
     * Starts a request from the settings of this JVM. A system property that looks like a setting and is none is told to
     * the logger {@code dev.checkpointer}, as a warning.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder(Settings.current());
    }

    /**
     * Starts a request from other settings.
     *
     * @param settings where unset values come from
     * @return a builder
     */
    public static Builder builder(Settings settings) {
        return new Builder(settings);
    }

    /**
     * A builder with the values of this request.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /**
     * The process to dump; empty for the calling JVM.
     *
     * @return a PID as the caller sees it
     */
    public OptionalLong pid() {
        return values.pid;
    }

    /**
     * The engine to use; empty for the selection.
     *
     * @return an engine's name
     */
    public Optional<String> engine() {
        return values.engine;
    }

    /**
     * Where the finished image will be. May hold {@code %p}, {@code %t} and {@code %%} until the checkpoint begins.
     *
     * @return the directory
     */
    public Path imageDirectory() {
        return values.imageDirectory;
    }

    /**
     * Where the engine writes. It exists, belongs to the user and has mode 0700.
     *
     * @return the directory, often the same as {@link #imageDirectory()}
     */
    public Path stagingDirectory() {
        return values.stagingDirectory == null ? values.imageDirectory : values.stagingDirectory;
    }

    /**
     * Whether a finished image in the directory is replaced.
     *
     * @return false when it is an error
     */
    public boolean overwrite() {
        return values.overwrite;
    }

    /**
     * Whether the dumped process goes on.
     *
     * @return false when the dump ends it
     */
    public boolean leaveRunning() {
        return values.leaveRunning;
    }

    /**
     * Whether most of another process's memory is written before it is notified and frozen. Where that is not possible, the
     * dump is a whole one, and the logger {@code dev.checkpointer} warns of it.
     *
     * @return false by default
     */
    public boolean preDump() {
        return values.preDump;
    }

    /**
     * What happens to connected TCP sockets.
     *
     * @return the mode
     */
    public TcpMode tcp() {
        return values.tcp;
    }

    /**
     * What clocks make of the time between checkpoint and restore.
     *
     * @return the mode, which a restore reads in the manifest
     */
    public TimeMode time() {
        return values.time;
    }

    /**
     * Whether file locks are dumped.
     *
     * @return true by default
     */
    public boolean fileLocks() {
        return values.fileLocks;
    }

    /**
     * Whether the process belongs to somebody else's session.
     *
     * @return never {@link ShellJob#AUTO} when an engine asks
     */
    public ShellJob shellJob() {
        return values.shellJob;
    }

    /**
     * The largest deleted file whose content goes into the image.
     *
     * @return a number of bytes
     */
    public long ghostLimit() {
        return values.ghostLimit;
    }

    /**
     * Resources that stay outside of the image, in the words of CRIU's option {@code --external}, for instance
     * {@code dev[8/1]:disk}.
     *
     * @return the resources in the order in which they were named
     */
    public List<String> external() {
        return values.external;
    }

    /**
     * How control groups are treated.
     *
     * @return empty for CRIU's own choice
     */
    public Optional<CgroupMode> cgroups() {
        return values.cgroups;
    }

    /**
     * Who hears how far the dump is.
     *
     * @return empty when nobody does
     */
    public Optional<StageListener> listener() {
        return values.listener;
    }

    /**
     * How much CRIU logs.
     *
     * @return 0 to 4
     */
    public int logLevel() {
        return values.logLevel;
    }

    /**
     * How long the dump may take.
     *
     * @return the deadline, counted from the start of the engine
     */
    public Duration timeout() {
        return values.timeout;
    }

    /** Collects the values of a {@link CheckpointRequest}. Not for use by several threads. */
    public static final class Builder {
        private OptionalLong pid = OptionalLong.empty();
        private Optional<String> engine;
        private Path imageDirectory;
        private Path stagingDirectory;
        private boolean overwrite;
        private boolean leaveRunning;
        private boolean preDump;
        private TcpMode tcp;
        private TimeMode time;
        private boolean fileLocks;
        private ShellJob shellJob;
        private long ghostLimit;
        private List<String> external = List.of();
        private Optional<CgroupMode> cgroups = Optional.empty();
        private Optional<StageListener> listener = Optional.empty();
        private int logLevel;
        private Duration timeout;

        private Builder(Settings settings) {
            engine = settings.text(Setting.ENGINE);
            imageDirectory = settings.path(Setting.IMAGE).orElseThrow();
            overwrite = settings.flag(Setting.OVERWRITE);
            leaveRunning = settings.flag(Setting.LEAVE_RUNNING);
            preDump = settings.flag(Setting.PREDUMP);
            tcp = TcpMode.valueOf(settings.text(Setting.TCP).orElseThrow().toUpperCase(Locale.ROOT));
            time = TimeMode.valueOf(settings.text(Setting.TIME).orElseThrow().toUpperCase(Locale.ROOT));
            fileLocks = settings.flag(Setting.FILE_LOCKS);
            shellJob = ShellJob.valueOf(
                    settings.text(Setting.SHELL_JOB).orElseThrow().toUpperCase(Locale.ROOT));
            ghostLimit = settings.size(Setting.GHOST_LIMIT);
            logLevel = Integer.parseInt(settings.text(Setting.LOG_LEVEL).orElseThrow());
            timeout = settings.duration(Setting.TIMEOUT);
        }

        private Builder(Builder other) {
            pid = other.pid;
            engine = other.engine;
            imageDirectory = other.imageDirectory;
            stagingDirectory = other.stagingDirectory;
            overwrite = other.overwrite;
            leaveRunning = other.leaveRunning;
            preDump = other.preDump;
            tcp = other.tcp;
            time = other.time;
            fileLocks = other.fileLocks;
            shellJob = other.shellJob;
            ghostLimit = other.ghostLimit;
            external = other.external;
            cgroups = other.cgroups;
            listener = other.listener;
            logLevel = other.logLevel;
            timeout = other.timeout;
        }

        /**
         * Dumps another process. No resources are notified then.
         *
         * @param value its PID
         * @return this
         */
        public Builder pid(long value) {
            if (value <= 0) {
                throw new IllegalArgumentException("a PID is positive, not " + value);
            }
            pid = OptionalLong.of(value);
            return this;
        }

        /**
         * Forces an engine.
         *
         * @param name its name
         * @return this
         */
        public Builder engine(String name) {
            engine = Optional.of(name);
            return this;
        }

        /**
         * Sets where the image goes.
         *
         * @param directory the directory, may hold {@code %p}, {@code %t} and {@code %%}
         * @return this
         */
        public Builder imageDirectory(Path directory) {
            imageDirectory = Objects.requireNonNull(directory, "imageDirectory");
            return this;
        }

        /**
         * Sets where the engine writes before the image is finished. For the coordinator and for tests of engines.
         *
         * @param directory an existing directory
         * @return this
         */
        public Builder stagingDirectory(Path directory) {
            stagingDirectory = Objects.requireNonNull(directory, "stagingDirectory");
            return this;
        }

        /**
         * Sets whether a finished image is replaced.
         *
         * @param value true to replace it
         * @return this
         */
        public Builder overwrite(boolean value) {
            overwrite = value;
            return this;
        }

        /**
         * Sets whether the dumped process goes on.
         *
         * @param value true to let it go on
         * @return this
         */
        public Builder leaveRunning(boolean value) {
            leaveRunning = value;
            return this;
        }

        /**
         * Sets what happens to connected TCP sockets.
         *
         * @param value the mode
         * @return this
         */
        public Builder tcp(TcpMode value) {
            tcp = Objects.requireNonNull(value, "tcp");
            return this;
        }

        /**
         * Sets whether most of another process's memory is written before it is notified and frozen.
         *
         * @param value true to write it twice, and to freeze the process for the differences alone
         * @return this
         */
        public Builder preDump(boolean value) {
            preDump = value;
            return this;
        }

        /**
         * Sets what clocks make of the time between checkpoint and restore.
         *
         * @param value the mode
         * @return this
         */
        public Builder time(TimeMode value) {
            time = Objects.requireNonNull(value, "time");
            return this;
        }

        /**
         * Sets whether file locks are dumped.
         *
         * @param value true to dump them
         * @return this
         */
        public Builder fileLocks(boolean value) {
            fileLocks = value;
            return this;
        }

        /**
         * Sets whether the process belongs to somebody else's session.
         *
         * @param value true, false or auto
         * @return this
         */
        public Builder shellJob(ShellJob value) {
            shellJob = Objects.requireNonNull(value, "shellJob");
            return this;
        }

        /**
         * Sets the largest deleted file whose content goes into the image.
         *
         * @param bytes the limit
         * @return this
         */
        public Builder ghostLimit(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("a size is not negative: " + bytes);
            }
            ghostLimit = bytes;
            return this;
        }

        /**
         * Leaves a resource outside of the image. May be called several times.
         *
         * @param resource the resource in the words of CRIU's option {@code --external}
         * @return this
         */
        public Builder external(String resource) {
            external = RestoreRequest.with(external, resource);
            return this;
        }

        /**
         * Sets how control groups are treated.
         *
         * @param mode the mode
         * @return this
         */
        public Builder cgroups(CgroupMode mode) {
            cgroups = Optional.of(mode);
            return this;
        }

        /**
         * Sets who hears how far the dump of another process is. A JVM that dumps itself cannot listen, since it is frozen
         * then.
         *
         * @param value the listener
         * @return this
         */
        public Builder listener(StageListener value) {
            listener = Optional.of(value);
            return this;
        }

        /**
         * Sets how much CRIU logs.
         *
         * @param level 0 to 4
         * @return this
         */
        public Builder logLevel(int level) {
            if (level < 0 || level > 4) {
                throw new IllegalArgumentException("a log level is 0 to 4, not " + level);
            }
            logLevel = level;
            return this;
        }

        /**
         * Sets how long the dump may take.
         *
         * @param value more than zero, at most a year
         * @return this
         */
        public Builder timeout(Duration value) {
            timeout = RestoreRequest.positive(value);
            return this;
        }

        /**
         * Makes the request.
         *
         * @return an immutable request
         */
        public CheckpointRequest build() {
            return new CheckpointRequest(new Builder(this));
        }
    }
}
