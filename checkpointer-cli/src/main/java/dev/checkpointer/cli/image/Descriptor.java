package dev.checkpointer.cli.image;

import java.util.Optional;

/**
 * An open descriptor of a program.
 *
 * @param number the descriptor
 * @param kind what it refers to
 * @param target which one: a path, for instance; empty where there is no more to tell
 * @param socket what it is connected to, for sockets
 */
public record Descriptor(int number, String kind, String target, Optional<Socket> socket) {
    /**
     * A socket.
     *
     * @param family {@code tcp}, {@code udp} or {@code unix}
     * @param state its state
     * @param local its own address or name, may be empty
     * @param remote the address of the other end, may be empty
     */
    public record Socket(String family, String state, String local, String remote) {
        @Override
        public String toString() {
            return family + " " + state + (local.isEmpty() ? "" : " " + local)
                    + (remote.isEmpty() ? "" : " to " + remote);
        }
    }
}
