package dev.checkpointer.criu.rpc;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import dev.checkpointer.criu.NativeAccess;
import java.util.Map;

/** The functions of the C library that are used here, as POSIX and Linux describe them. */
interface LibC extends Library {
    int AF_UNIX = 1;
    int SOCK_SEQPACKET = 5;
    int SOCK_CLOEXEC = 02000000;
    int SOL_SOCKET = 1;
    int SO_PEERCRED = 17;
    int MSG_PEEK = 0x2;
    int MSG_TRUNC = 0x20;
    int MSG_NOSIGNAL = 0x4000;
    int POLLIN = 0x1;
    int F_SETFD = 2;
    int FD_CLOEXEC = 1;
    int O_RDONLY = 0;
    int O_WRONLY = 01;
    int O_CREAT = 0100;
    int O_TRUNC = 01000;
    int O_APPEND = 02000;
    int O_CLOEXEC = 02000000;
    int WNOHANG = 1;
    int EINTR = 4;
    int EAGAIN = 11;
    int POSIX_SPAWN_SETSIGMASK = 0x08;

    /** Loads the library. File names are encoded as the JVM encodes them. */
    static LibC load() {
        NativeAccess.keepLibrary(LibC.class);
        return Native.load(
                "c", LibC.class, Map.of(Library.OPTION_STRING_ENCODING, System.getProperty("sun.jnu.encoding")));
    }

    /** The environment of this process, for posix_spawn. */
    static Pointer environment() {
        return NativeLibrary.getInstance("c")
                .getGlobalVariableAddress("environ")
                .getPointer(0);
    }

    int socketpair(int domain, int type, int protocol, int[] descriptors) throws LastErrorException;

    int socket(int domain, int type, int protocol) throws LastErrorException;

    int getsockopt(int descriptor, int level, int option, byte[] value, IntByReference length)
            throws LastErrorException;

    int connect(int descriptor, byte[] address, int length) throws LastErrorException;

    NativeLong send(int descriptor, byte[] message, NativeLong length, int flags) throws LastErrorException;

    NativeLong recv(int descriptor, byte[] buffer, NativeLong length, int flags) throws LastErrorException;

    int poll(Pointer descriptors, NativeLong count, int milliseconds) throws LastErrorException;

    int open(String path, int flags) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;

    int fcntl(int descriptor, int command, int argument) throws LastErrorException;

    int waitpid(int pid, IntByReference status, int options) throws LastErrorException;

    int posix_spawnp(
            IntByReference pid,
            String file,
            Pointer actions,
            Pointer attributes,
            String[] arguments,
            Pointer environment);

    int posix_spawnattr_init(Pointer attributes);

    int posix_spawnattr_setflags(Pointer attributes, short flags);

    int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    int posix_spawnattr_destroy(Pointer attributes);

    int posix_spawn_file_actions_init(Pointer actions);

    int posix_spawn_file_actions_adddup2(Pointer actions, int descriptor, int number);

    int posix_spawn_file_actions_addopen(Pointer actions, int number, String path, int flags, int mode);

    int posix_spawn_file_actions_destroy(Pointer actions);
}
