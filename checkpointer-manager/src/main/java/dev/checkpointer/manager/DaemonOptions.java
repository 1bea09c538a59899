package dev.checkpointer.manager;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a daemon runs.
 *
 * @param state its directory
 * @param socket its Unix socket
 * @param checkpointer the command {@code bin/checkpointer}, which dumps and restores
 * @param port a TCP port of the loopback address beside the socket; empty for none, 0 for any
 * @param token what requests through TCP have to bring along; a file with one line, which is made when it is missing
 * @param logLimit bytes beyond which a service's log file is rotated
 * @since 0.1.0
 */
public record DaemonOptions(
        Path state, Path socket, Path checkpointer, OptionalInt port, Optional<Path> token, long logLimit) {}
