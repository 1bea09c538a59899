package dev.checkpointer.manager;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.NativeLong;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** What Java has no words for. Numbers and layouts are those of Linux, the same on every architecture. */
final class Native {
    static final short POLLIN = 1;

    private static final NativeLong PIDFD_SEND_SIGNAL = new NativeLong(424);
    private static final NativeLong PIDFD_OPEN = new NativeLong(434);
    private static final int EFD_CLOEXEC = 02000000;
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final C LIBC = com.sun.jna.Native.load("c", C.class);

    private Native() {}

    /** Names and arguments as in the C library. */
    interface C extends Library {
        NativeLong syscall(NativeLong number, Object... arguments) throws LastErrorException;

        int poll(PollDescriptor[] descriptors, NativeLong count, int timeoutMillis) throws LastErrorException;

        int eventfd(int initial, int flags) throws LastErrorException;

        NativeLong read(int descriptor, long[] buffer, NativeLong bytes) throws LastErrorException;

        NativeLong write(int descriptor, long[] buffer, NativeLong bytes) throws LastErrorException;

        int socket(int family, int type, int protocol) throws LastErrorException;

        NativeLong sendto(int socket, byte[] bytes, NativeLong length, int flags, byte[] address, int addressLength)
                throws LastErrorException;

        int close(int descriptor) throws LastErrorException;
    }

    /** {@code struct pollfd}. */
    @FieldOrder({"descriptor", "events", "happened"})
    public static final class PollDescriptor extends Structure {
        /** A descriptor. */
        public int descriptor;

        /** What is waited for. */
        public short events;

        /** What has happened. */
        public short happened;
    }

    static int openPid(long pid) {
        return LIBC.syscall(PIDFD_OPEN, (int) pid, 0).intValue();
    }

    static void signal(int pidfd, int signal) {
        LIBC.syscall(PIDFD_SEND_SIGNAL, pidfd, signal, null, 0);
    }

    /** Returns how many descriptors have something to tell. */
    static int poll(PollDescriptor[] descriptors, int timeoutMillis) {
        return LIBC.poll(descriptors, new NativeLong(descriptors.length), timeoutMillis);
    }

    static int event() {
        return LIBC.eventfd(0, EFD_CLOEXEC);
    }

    static void wake(int event) {
        LIBC.write(event, new long[] {1}, new NativeLong(Long.BYTES));
    }

    static void rest(int event) {
        LIBC.read(event, new long[1], new NativeLong(Long.BYTES));
    }

    /** One datagram to a Unix socket; returns whether all of it was taken. */
    static boolean send(byte[] address, byte[] bytes) {
        int socket = LIBC.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        try {
            return LIBC.sendto(socket, bytes, new NativeLong(bytes.length), 0, address, address.length)
                            .intValue()
                    == bytes.length;
        } finally {
            close(socket);
        }
    }

    static void close(int descriptor) {
        LIBC.close(descriptor);
    }
}
