package dev.checkpointer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What to restore and how. Immutable. What the builder is not told comes from the settings.
 *
 * @since 0.1.0
 */
public final class RestoreRequest {
    private final Path imageDirectory;
    private final Optional<String> engine;
    private final Optional<Path> output;
    private final PidNamespace pidNamespace;
    private final Duration timeout;
    private final int logLevel;
    private final boolean force;

    private RestoreRequest(Builder values) {
        imageDirectory = values.imageDirectory;
        engine = values.engine;
        output = values.output;
        pidNamespace = values.pidNamespace;
        timeout = values.timeout;
        logLevel = values.logLevel;
        force = values.force;
    }

    /**
     * Starts a request.
     *
     * @param imageDirectory the image
     * @return a builder
     */
    public static Builder builder(Path imageDirectory) {
        return new Builder(imageDirectory, Settings.current());
    }

    /**
     * The image.
     *
     * @return its directory
     */
    public Path imageDirectory() {
        return imageDirectory;
    }

    /**
     * The engine to use; empty for the selection.
     *
     * @return an engine's name
     */
    public Optional<String> engine() {
        return engine;
    }

    /**
     * The file to which the restored program's standard output and error are appended; empty to discard both.
     *
     * @return a file
     */
    public Optional<Path> output() {
        return output;
    }

    /**
     * Whether the program gets a PID namespace of its own.
     *
     * @return the choice
     */
    public PidNamespace pidNamespace() {
        return pidNamespace;
    }

    /**
     * How long it may take until the program runs.
     *
     * @return the deadline
     */
    public Duration timeout() {
        return timeout;
    }

    /**
     * How much CRIU logs.
     *
     * @return 0 to 4
     */
    public int logLevel() {
        return logLevel;
    }

    /**
     * Whether differences between this machine and the image are ignored.
     *
     * @return false by default
     */
    public boolean force() {
        return force;
    }

    static Duration positive(Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(SettingType.LONGEST) > 0) {
            throw new IllegalArgumentException("a timeout is more than zero and at most a year, not " + value);
        }
        return value;
    }

    /** Collects the values of a {@link RestoreRequest}. Not for use by several threads. */
    public static final class Builder {
        private final Path imageDirectory;
        private Optional<String> engine;
        private Optional<Path> output = Optional.empty();
        private PidNamespace pidNamespace = PidNamespace.AUTO;
        private Duration timeout;
        private int logLevel;
        private boolean force;

        private Builder(Path imageDirectory, Settings settings) {
            this.imageDirectory = Objects.requireNonNull(imageDirectory, "imageDirectory");
            engine = settings.text(Setting.ENGINE);
            timeout = settings.duration(Setting.TIMEOUT);
            logLevel = Integer.parseInt(settings.text(Setting.LOG_LEVEL).orElseThrow());
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
         * Sets where standard output and error go.
         *
         * @param file a file that is appended to
         * @return this
         */
        public Builder output(Path file) {
            output = Optional.of(file);
            return this;
        }

        /**
         * Sets whether the program gets a PID namespace of its own.
         *
         * @param value the choice
         * @return this
         */
        public Builder pidNamespace(PidNamespace value) {
            pidNamespace = Objects.requireNonNull(value, "pidNamespace");
            return this;
        }

        /**
         * Sets how long it may take until the program runs.
         *
         * @param value more than zero, at most a year
         * @return this
         */
        public Builder timeout(Duration value) {
            timeout = positive(value);
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
         * Sets whether differences between this machine and the image are ignored.
         *
         * @param value true to restore all the same
         * @return this
         */
        public Builder force(boolean value) {
            force = value;
            return this;
        }

        /**
         * Makes the request.
         *
         * @return an immutable request
         */
        public RestoreRequest build() {
            return new RestoreRequest(this);
        }
    }
}
