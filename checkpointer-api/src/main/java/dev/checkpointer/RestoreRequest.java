package dev.checkpointer;

import dev.checkpointer.engine.StageListener;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What to restore and how. Immutable. What the builder is not told comes from the settings.
 *
 * @since 0.1.0
 */
public final class RestoreRequest {
    private final Builder values;

    private RestoreRequest(Builder values) {
        this.values = values;
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
     * Starts a request that differs from this one in some points.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /**
     * The image.
     *
     * @return its directory
     */
    public Path imageDirectory() {
        return values.imageDirectory;
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
     * Whether the program becomes a child of this JVM, which then learns its exit status. Otherwise it is detached: it
     * outlives this JVM and has a session of its own.
     *
     * @return false by default
     */
    public boolean child() {
        return values.child;
    }

    /**
     * Where the program's standard input comes from.
     *
     * @return nothing by default; never {@link Redirect#PIPE}
     */
    public Redirect input() {
        return values.input;
    }

    /**
     * Where the program's standard output goes.
     *
     * @return {@link Redirect#DISCARD} by default; never {@link Redirect#PIPE}
     */
    public Redirect output() {
        return values.output;
    }

    /**
     * Where the program's standard error goes.
     *
     * @return {@link Redirect#DISCARD} by default; never {@link Redirect#PIPE}
     */
    public Redirect error() {
        return values.error;
    }

    /**
     * What stands in for other descriptors of the program: CRIU's name of what a descriptor referred to at the dump
     * (criu(8), {@code --inherit-fd}), for instance {@code pipe:[4711]} or {@code var/log/app.log}, and what it refers to
     * from now on.
     *
     * @return the descriptors in the order in which they were named
     */
    public Map<String, Redirect> inherited() {
        return values.inherited;
    }

    /**
     * What the restored program is told.
     *
     * @return {@link RestoreArguments#NONE} by default
     */
    public RestoreArguments arguments() {
        return values.arguments;
    }

    /**
     * Whether the restore is over only when the program's resources were notified.
     *
     * @return false by default: it is over when the program runs
     */
    public boolean awaitReady() {
        return values.awaitReady;
    }

    /**
     * Whether the program runs before its memory is there, which {@code criu lazy-pages} then brings while it runs, page by
     * page as the program touches it and the rest beside that. The restore takes as long for a large heap as for a small
     * one, and the program is slower at first. Needs userfaultfd; the image has to stay in its place until
     * {@link RestoredProcess#memory} is there.
     *
     * @return false by default
     */
    public boolean lazy() {
        return values.lazy;
    }

    /**
     * Resources from outside of the image, in the words of CRIU's option {@code --external}.
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
     * Who hears how far the restore is.
     *
     * @return empty when nobody does
     */
    public Optional<StageListener> listener() {
        return values.listener;
    }

    /**
     * Whether the program gets a PID namespace of its own.
     *
     * @return the choice
     */
    public PidNamespace pidNamespace() {
        return values.pidNamespace;
    }

    /**
     * How long it may take until the program runs.
     *
     * @return the deadline
     */
    public Duration timeout() {
        return values.timeout;
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
     * Which differences between this machine and that of the image are ignored.
     *
     * @return none by default
     */
    public Set<MachineDifference> ignored() {
        return values.ignored;
    }

    /**
     * Whether an image is restored that others could have changed.
     *
     * @return false by default
     */
    public boolean trust() {
        return values.trust;
    }

    /**
     * Whether the content of the image is compared with the hashes that were noted of it.
     *
     * @return false by default
     */
    public boolean verify() {
        return values.verify;
    }

    static Duration positive(Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(SettingType.LONGEST) > 0) {
            throw new IllegalArgumentException("a timeout is more than zero and at most a year, not " + value);
        }
        return value;
    }

    static List<String> with(List<String> list, String element) {
        var longer = new ArrayList<>(list);
        longer.add(oneLine(element));
        return List.copyOf(longer);
    }

    /** What is handed to CRIU may pass through a shell script's lines. */
    private static String oneLine(String text) {
        if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a name is one line without control characters, not '" + text + "'");
        }
        return text;
    }

    /** Collects the values of a {@link RestoreRequest}. Not for use by several threads. */
    public static final class Builder {
        private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

        private final Path imageDirectory;
        private Optional<String> engine;
        private boolean child;
        private Redirect input = NOTHING;
        private Redirect output = Redirect.DISCARD;
        private Redirect error = Redirect.DISCARD;
        private Map<String, Redirect> inherited = Map.of();
        private RestoreArguments arguments = RestoreArguments.NONE;
        private boolean awaitReady;
        private boolean lazy;
        private List<String> external = List.of();
        private Optional<CgroupMode> cgroups = Optional.empty();
        private Optional<StageListener> listener = Optional.empty();
        private PidNamespace pidNamespace = PidNamespace.AUTO;
        private Duration timeout;
        private int logLevel;
        private Set<MachineDifference> ignored = Set.of();
        private boolean trust;
        private boolean verify;

        private Builder(Path imageDirectory, Settings settings) {
            this.imageDirectory = Objects.requireNonNull(imageDirectory, "imageDirectory");
            engine = settings.text(Setting.ENGINE);
            timeout = settings.duration(Setting.TIMEOUT);
            logLevel = Integer.parseInt(settings.text(Setting.LOG_LEVEL).orElseThrow());
        }

        private Builder(Builder other) {
            imageDirectory = other.imageDirectory;
            engine = other.engine;
            child = other.child;
            input = other.input;
            output = other.output;
            error = other.error;
            inherited = other.inherited;
            arguments = other.arguments;
            awaitReady = other.awaitReady;
            lazy = other.lazy;
            external = other.external;
            cgroups = other.cgroups;
            listener = other.listener;
            pidNamespace = other.pidNamespace;
            timeout = other.timeout;
            logLevel = other.logLevel;
            ignored = other.ignored;
            trust = other.trust;
            verify = other.verify;
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
         * Sets whether the program becomes a child of this JVM.
         *
         * @param value true for a child, false for a detached program
         * @return this
         */
        public Builder child(boolean value) {
            child = value;
            return this;
        }

        /**
         * Sets where standard input comes from.
         *
         * @param source a file, or {@link Redirect#INHERIT}
         * @return this
         */
        public Builder input(Redirect source) {
            input = readable(source);
            return this;
        }

        /**
         * Sets where standard output goes.
         *
         * @param destination a file, {@link Redirect#DISCARD} or {@link Redirect#INHERIT}
         * @return this
         */
        public Builder output(Redirect destination) {
            output = writable(destination);
            return this;
        }

        /**
         * Sets where standard error goes.
         *
         * @param destination a file, {@link Redirect#DISCARD} or {@link Redirect#INHERIT}
         * @return this
         */
        public Builder error(Redirect destination) {
            error = writable(destination);
            return this;
        }

        /**
         * Appends standard output and error to a file.
         *
         * @param file the file, made when it does not exist
         * @return this
         */
        public Builder output(Path file) {
            var destination = Redirect.appendTo(file.toFile());
            return output(destination).error(destination);
        }

        /**
         * Lets something else stand in for what a descriptor referred to at the dump. May be called several times.
         *
         * @param name CRIU's name of that (criu(8), {@code --inherit-fd})
         * @param file a file to read from, or to write or append to
         * @return this
         */
        public Builder inherit(String name, Redirect file) {
            if (file.file() == null) {
                throw new IllegalArgumentException("a file stands in for a descriptor, not " + file);
            }
            var more = new LinkedHashMap<>(inherited);
            more.put(oneLine(name), file);
            inherited = more;
            return this;
        }

        /**
         * Sets what the restored program is told. The image has to be of a program that checkpointer notified.
         *
         * @param value properties, variables and arguments
         * @return this
         */
        public Builder arguments(RestoreArguments value) {
            arguments = Objects.requireNonNull(value, "arguments");
            return this;
        }

        /**
         * Sets whether the restore is over only when the program's resources were notified, for which the deadline is counted
         * anew. When a resource fails, the restore fails, and the program runs all the same.
         *
         * @param value true to wait
         * @return this
         */
        public Builder awaitReady(boolean value) {
            awaitReady = value;
            return this;
        }

        /**
         * Sets whether the program runs before its memory is there.
         *
         * @param value true for a restore that brings the memory while the program runs
         * @return this
         * @see RestoreRequest#lazy
         */
        public Builder lazy(boolean value) {
            lazy = value;
            return this;
        }

        /**
         * Names a resource from outside of the image. May be called several times.
         *
         * @param resource the resource in the words of CRIU's option {@code --external}
         * @return this
         */
        public Builder external(String resource) {
            external = with(external, resource);
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
         * Sets who hears how far the restore is.
         *
         * @param value the listener
         * @return this
         */
        public Builder listener(StageListener value) {
            listener = Optional.of(value);
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
         * Sets which differences between this machine and that of the image are ignored.
         *
         * @param differences instead of those that were set before
         * @return this
         */
        public Builder ignore(MachineDifference... differences) {
            ignored = Set.of(differences);
            return this;
        }

        /**
         * Sets whether an image is restored that others could have changed: one that belongs to another user, that others may
         * read or write, or that has symbolic links. A restore runs what is in the image, with the rights of this process.
         *
         * @param value true to restore all the same
         * @return this
         */
        public Builder trust(boolean value) {
            trust = value;
            return this;
        }

        /**
         * Sets whether the content of the image is compared with the hashes that {@code checkpointer image verify} noted of
         * it. That reads all of the image.
         *
         * @param value true to compare; without hashes the restore is refused then
         * @return this
         */
        public Builder verify(boolean value) {
            verify = value;
            return this;
        }

        /**
         * Makes the request.
         *
         * @return an immutable request
         */
        public RestoreRequest build() {
            return new RestoreRequest(new Builder(this));
        }

        private static Redirect readable(Redirect source) {
            if (source.type() != Redirect.Type.READ && source.type() != Redirect.Type.INHERIT) {
                throw new IllegalArgumentException("standard input is read from a file or inherited, not " + source);
            }
            return source;
        }

        private static Redirect writable(Redirect destination) {
            if (destination.type() == Redirect.Type.READ || destination.type() == Redirect.Type.PIPE) {
                throw new IllegalArgumentException("output goes to a file, or is inherited or discarded, not "
                        + destination + "; a named pipe is a file, too");
            }
            return destination;
        }
    }
}
