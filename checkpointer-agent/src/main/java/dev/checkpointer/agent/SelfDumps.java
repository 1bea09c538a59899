package dev.checkpointer.agent;

import javax.crac.Context;
import javax.crac.Resource;

/**
 * Keeps the control socket out of the image when the program or a trigger begins a checkpoint: a restore would want its
 * directory, and clones would fight for its name.
 */
final class SelfDumps implements Resource {
    private final ControlSocket socket;
    private boolean closed;

    SelfDumps(ControlSocket socket) {
        this.socket = socket;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        if (!Notification.isCurrent()) { // who talks through the socket needs it
            closed = true;
            socket.close(null);
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        if (closed) {
            closed = false;
            socket.reopen();
        }
    }
}
