package dev.checkpointer.benchmarks.harness;

import java.nio.file.Path;
import java.util.Optional;

/** One of those that are compared. For use by one thread. */
public interface Contestant {
    /**
     * What it is, in tables and files.
     *
     * @return a name that no other contestant of the same race has
     */
    String name();

    /**
     * Makes what all of its runs need and what is not measured.
     *
     * @throws Exception when it cannot take part
     */
    default void prepare() throws Exception {}

    /**
     * Runs once, and leaves nothing that runs.
     *
     * @return what was measured
     * @throws Exception when it failed, or did something else than it should
     */
    Sample run() throws Exception;

    /**
     * What it, or a program of its, wrote last.
     *
     * @return the file, if there is one
     */
    default Optional<Path> log() {
        return Optional.empty();
    }

    /**
     * Ends what {@link #prepare} made. Called once, also after a failure.
     *
     * @throws Exception when something stays
     */
    default void close() throws Exception {}
}
