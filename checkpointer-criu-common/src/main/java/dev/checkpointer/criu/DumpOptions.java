package dev.checkpointer.criu;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.ShellJob;
import dev.checkpointer.TcpMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The options of a CRIU dump, whichever way CRIU is told of them. The names are those of CRIU's command line.
 *
 * @param pid the root of the tree to dump
 * @param imagesDirectory where the image goes
 * @param logFile the log's name in it
 * @param logLevel 0 to 4
 * @param leaveRunning whether the tree goes on
 * @param tcp what happens to connected TCP sockets
 * @param fileLocks whether file locks are dumped
 * @param shellJob whether the tree belongs to a foreign session
 * @param ghostLimit the largest deleted file that is dumped, in bytes
 * @param unprivileged whether CRIU runs without root
 * @param cgroups how control groups are treated, empty for CRIU's own choice
 * @param external what stays outside of the image
 * @param parentImages the directory of the pre-dump on which this dump builds, seen from the images directory; empty for a
 *     whole dump
 * @since 0.1.0
 */
public record DumpOptions(
        long pid,
        Path imagesDirectory,
        String logFile,
        int logLevel,
        boolean leaveRunning,
        TcpMode tcp,
        boolean fileLocks,
        boolean shellJob,
        long ghostLimit,
        boolean unprivileged,
        Optional<CgroupMode> cgroups,
        List<String> external,
        Optional<String> parentImages) {
    /**
     * Copies the list.
     *
     * @param pid the root of the tree to dump
     * @param imagesDirectory where the image goes
     * @param logFile the log's name in it
     * @param logLevel 0 to 4
     * @param leaveRunning whether the tree goes on
     * @param tcp what happens to connected TCP sockets
     * @param fileLocks whether file locks are dumped
     * @param shellJob whether the tree belongs to a foreign session
     * @param ghostLimit the largest deleted file that is dumped, in bytes
     * @param unprivileged whether CRIU runs without root
     * @param cgroups how control groups are treated, empty for CRIU's own choice
     * @param external what stays outside of the image
     * @param parentImages the directory of the pre-dump on which this dump builds, seen from the images directory; empty for a
     *     whole dump
     */
    public DumpOptions {
        external = List.copyOf(external);
    }

    /**
     * What a request means for CRIU.
     *
     * @param request the request
     * @param pid the process to dump
     * @param unprivileged whether CRIU runs without root
     * @return the options
     */
    public static DumpOptions of(CheckpointRequest request, long pid, boolean unprivileged) {
        return new DumpOptions(
                pid,
                request.stagingDirectory(),
                ImageDirectory.LOG,
                request.logLevel(),
                request.leaveRunning(),
                request.tcp(),
                request.fileLocks(),
                request.shellJob() == ShellJob.TRUE,
                request.ghostLimit(),
                unprivileged,
                request.cgroups(),
                request.external(),
                Optional.of(ImageDirectory.PRE_DUMP)
                        .filter(name ->
                                Files.isDirectory(request.stagingDirectory().resolve(name))));
    }
}
