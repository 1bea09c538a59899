package dev.checkpointer.criu.rpc;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.TcpMode;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.criu.rpc.protocol.CriuCgroupMode;
import dev.checkpointer.criu.rpc.protocol.CriuInheritedDescriptor;
import dev.checkpointer.criu.rpc.protocol.CriuOptions;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;

/**
 * The options of a dump or restore as a message. Pure. Flags are set in any case, so that a configuration file of CRIU's
 * changes none. The work directory of a restore is no part of the message but told to the worker on its command line.
 */
final class RpcOptions {
    private static final long MOST_GHOST_LIMIT = 0xffffffffL;

    private RpcOptions() {}

    /** The message; the process to dump is named unless it is the calling one. */
    static CriuOptions.Builder of(DumpOptions options, boolean self) throws EngineException {
        if (options.ghostLimit() > MOST_GHOST_LIMIT) {
            throw new EngineException(
                    FailureKind.UNAVAILABLE,
                    "CRIU's protocol has no room for checkpointer.ghost.limit=" + options.ghostLimit(),
                    "Set it to less than 4 GiB");
        }
        var message = CriuOptions.newBuilder()
                .setImagesDirFd(-1)
                .setImagesDir(options.imagesDirectory().toString())
                .setLogFile(options.logFile())
                .setLogLevel(options.logLevel())
                .setLeaveRunning(options.leaveRunning())
                .setTcpClose(options.tcp() == TcpMode.CLOSE)
                .setTcpEstablished(options.tcp() == TcpMode.ESTABLISHED)
                .setFileLocks(options.fileLocks())
                .setShellJob(options.shellJob())
                .setGhostLimit((int) options.ghostLimit())
                .setUnprivileged(options.unprivileged())
                .addAllExternal(options.external());
        options.cgroups().ifPresent(mode -> message.setManageCgroupsMode(mode(mode)));
        options.parentImages().ifPresent(parent -> message.setTrackMem(true).setParentImg(parent));
        if (!self) {
            message.setPid((int) options.pid());
        }
        return message;
    }

    static CriuOptions.Builder of(RestoreOptions options) {
        var message = CriuOptions.newBuilder()
                .setImagesDirFd(-1)
                .setImagesDir(options.imagesDirectory().toString())
                .setLogFile(options.logFile())
                .setLogLevel(options.logLevel())
                .setTcpClose(options.tcp() == TcpMode.CLOSE)
                .setTcpEstablished(options.tcp() == TcpMode.ESTABLISHED)
                .setFileLocks(options.fileLocks())
                .setShellJob(options.shellJob())
                .setUnprivileged(options.unprivileged())
                .setLazyPages(options.lazyPages())
                .setLeaveStopped(options.leaveStopped())
                .addAllExternal(options.external())
                .addAllExecCmd(options.execCommand());
        if (options.child()) {
            message.setRstSibling(true); // a service refuses the field whatever its value
        }
        options.cgroups().ifPresent(mode -> message.setManageCgroupsMode(mode(mode)));
        for (var inherited : options.inherited()) {
            message.addInheritFd(
                    CriuInheritedDescriptor.newBuilder().setKey(inherited.key()).setFd(inherited.descriptor()));
        }
        return message;
    }

    private static CriuCgroupMode mode(CgroupMode mode) {
        return switch (mode) {
            case IGNORE -> CriuCgroupMode.IGNORE;
            case NONE -> CriuCgroupMode.CG_NONE;
            case PROPS -> CriuCgroupMode.PROPS;
            case SOFT -> CriuCgroupMode.SOFT;
            case FULL -> CriuCgroupMode.FULL;
            case STRICT -> CriuCgroupMode.STRICT;
        };
    }
}
