package dev.checkpointer.criu;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.TcpMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The options of a CRIU restore, whichever way CRIU is told of them. The names are those of CRIU's command line.
 *
 * @param imagesDirectory the image
 * @param workDirectory where the log goes
 * @param logFile the log's name in it
 * @param logLevel 0 to 4
 * @param tcp as at the dump; {@link TcpMode#REFUSE} when there were no connections
 * @param fileLocks whether the image has file locks
 * @param shellJob whether the tree belonged to a foreign session
 * @param unprivileged whether CRIU runs without root
 * @param cgroups how control groups are treated, empty for CRIU's own choice
 * @param external what comes from outside of the image
 * @param inherited what stands in for descriptors
 * @param lazyPages whether the memory comes while the program runs, from a daemon that listens in the work directory
 * @param child whether the program becomes a child of the process that started CRIU, CRIU's own {@code rst_sibling}
 * @param leaveStopped whether the program waits for SIGCONT
 * @param execCommand what takes CRIU's place, and so becomes the program's parent, when the program runs; empty for nothing
 * @since 0.1.0
 */
public record RestoreOptions(
        Path imagesDirectory,
        Path workDirectory,
        String logFile,
        int logLevel,
        TcpMode tcp,
        boolean fileLocks,
        boolean shellJob,
        boolean unprivileged,
        Optional<CgroupMode> cgroups,
        List<String> external,
        List<Inherited> inherited,
        boolean lazyPages,
        boolean child,
        boolean leaveStopped,
        List<String> execCommand) {
    /**
     * A descriptor of CRIU's that stands in for what a descriptor of the program referred to at the dump.
     *
     * @param key CRIU's name of that
     * @param descriptor the number in CRIU's process
     */
    public record Inherited(String key, int descriptor) {}

    /**
     * Copies the lists.
     *
     * @param imagesDirectory the image
     * @param workDirectory where the log goes
     * @param logFile the log's name in it
     * @param logLevel 0 to 4
     * @param tcp as at the dump; {@link TcpMode#REFUSE} when there were no connections
     * @param fileLocks whether the image has file locks
     * @param shellJob whether the tree belonged to a foreign session
     * @param unprivileged whether CRIU runs without root
     * @param cgroups how control groups are treated, empty for CRIU's own choice
     * @param external what comes from outside of the image
     * @param inherited what stands in for descriptors
     * @param lazyPages whether the memory comes while the program runs, from a daemon that listens in the work directory
     * @param child whether the program becomes a child of the process that started CRIU, CRIU's own {@code rst_sibling}
     * @param leaveStopped whether the program waits for SIGCONT
     * @param execCommand what takes CRIU's place, and so becomes the program's parent, when the program runs; empty for nothing
     */
    public RestoreOptions {
        external = List.copyOf(external);
        inherited = List.copyOf(inherited);
        execCommand = List.copyOf(execCommand);
    }
}
