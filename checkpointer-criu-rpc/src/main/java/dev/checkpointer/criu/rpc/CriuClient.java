package dev.checkpointer.criu.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.checkpointer.criu.CriuVersion;
import dev.checkpointer.criu.rpc.ConnectionException.Reason;
import dev.checkpointer.criu.rpc.protocol.CriuFeatures;
import dev.checkpointer.criu.rpc.protocol.CriuNotification;
import dev.checkpointer.criu.rpc.protocol.CriuOptions;
import dev.checkpointer.criu.rpc.protocol.CriuRequest;
import dev.checkpointer.criu.rpc.protocol.CriuRequestType;
import dev.checkpointer.criu.rpc.protocol.CriuResponse;
import dev.checkpointer.engine.StageListener;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Asks CRIU over a connection, one request after another. CRIU's notifications are answered in every case. For one thread.
 */
final class CriuClient {
    private final Connection connection;
    private final long deadline;
    private final Optional<StageListener> listener;
    private Exception listenerFailure;

    /**
     * A client.
     *
     * @param connection to a worker or a service
     * @param deadline until when every answer has to be there, as {@link System#nanoTime()} counts
     * @param listener who hears of stages
     */
    CriuClient(Connection connection, long deadline, Optional<StageListener> listener) {
        this.connection = connection;
        this.deadline = deadline;
        this.listener = listener;
    }

    /** What the listener threw, for which CRIU has failed. */
    Optional<Exception> listenerFailure() {
        return Optional.ofNullable(listenerFailure);
    }

    /** The version of the worker. */
    CriuVersion version() throws ConnectionException {
        var answer =
                ask(CriuRequest.newBuilder().setType(CriuRequestType.VERSION).setKeepOpen(true));
        if (!answer.getSuccess() || !answer.hasVersion()) {
            throw new ConnectionException(Reason.WRONG, "CRIU does not tell its version");
        }
        var version = answer.getVersion();
        return new CriuVersion(version.getMajorNumber(), version.getMinorNumber(), version.getSublevel());
    }

    /** Which of the features that depend on the kernel are there. */
    CriuFeatures features() throws ConnectionException {
        var all = CriuFeatures.newBuilder().setMemTrack(true).setLazyPages(true).setPidfdStore(true);
        var answer = ask(CriuRequest.newBuilder()
                .setType(CriuRequestType.FEATURE_CHECK)
                .setFeatures(all)
                .setKeepOpen(true));
        if (!answer.getSuccess() || !answer.hasFeatures()) {
            throw new ConnectionException(Reason.WRONG, "CRIU does not tell its features" + said(answer));
        }
        return answer.getFeatures();
    }

    /** Whether the kernel has what CRIU needs. The log goes to the images directory. */
    CriuResponse check(CriuOptions options) throws ConnectionException {
        return ask(CriuRequest.newBuilder().setType(CriuRequestType.CHECK).setOpts(options));
    }

    CriuResponse dump(CriuOptions options) throws ConnectionException {
        return ask(CriuRequest.newBuilder().setType(CriuRequestType.DUMP).setOpts(options));
    }

    /** Another one or {@link #dump} has to follow on this connection. */
    CriuResponse preDump(CriuOptions options) throws ConnectionException {
        return ask(CriuRequest.newBuilder().setType(CriuRequestType.PRE_DUMP).setOpts(options));
    }

    CriuResponse restore(CriuOptions options) throws ConnectionException {
        return ask(CriuRequest.newBuilder().setType(CriuRequestType.RESTORE).setOpts(options));
    }

    /** Waits for a child of the worker. */
    CriuResponse waitPid(int pid) throws ConnectionException {
        return ask(CriuRequest.newBuilder().setType(CriuRequestType.WAIT_PID).setPid(pid));
    }

    private CriuResponse ask(CriuRequest.Builder request) throws ConnectionException {
        connection.send(request.build().toByteArray());
        while (true) {
            var response = receive();
            if (response.getType() == CriuRequestType.NOTIFY) {
                answer(response.getNotify());
            } else if (response.getType() == request.getType()) {
                return response;
            } else {
                throw new ConnectionException(
                        Reason.WRONG,
                        response.getType() == CriuRequestType.EMPTY
                                ? "CRIU does not know the request " + request.getType() + said(response)
                                : "CRIU answered " + response.getType() + " to the request " + request.getType());
            }
        }
    }

    /** What CRIU says of a failure, behind a colon; empty when it says nothing. */
    private static String said(CriuResponse response) {
        return response.getCrErrmsg().isBlank()
                ? ""
                : ": " + response.getCrErrmsg().strip();
    }

    private CriuResponse receive() throws ConnectionException {
        try {
            return CriuResponse.parseFrom(connection.receive(deadline));
        } catch (InvalidProtocolBufferException e) {
            throw new ConnectionException(Reason.WRONG, "CRIU sent a message that cannot be read: " + e.getMessage());
        }
    }

    private void answer(CriuNotification notification) throws ConnectionException {
        boolean success = true;
        if (listener.isPresent() && listenerFailure == null) {
            try {
                var pid = notification.hasPid() ? OptionalLong.of(notification.getPid()) : OptionalLong.empty();
                listener.get().reached(notification.getScript(), pid);
            } catch (Exception e) {
                listenerFailure = e;
                success = false;
            }
        }
        var answer = CriuRequest.newBuilder().setType(CriuRequestType.NOTIFY).setNotifySuccess(success);
        connection.send(answer.build().toByteArray());
    }
}
