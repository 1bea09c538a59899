package dev.checkpointer.libcriu;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.ptr.IntByReference;

/** The functions of the C library that are used here, as POSIX and Linux describe them. */
interface LibC extends Library {
    int F_SETFD = 2;
    int FD_CLOEXEC = 1;
    int O_RDONLY = 0;
    int O_WRONLY = 01;
    int O_CREAT = 0100;
    int O_TRUNC = 01000;
    int O_APPEND = 02000;
    int O_CLOEXEC = 02000000;
    int EINTR = 4;

    /** Opens a file; the mode is for one that is created. */
    int open(String path, int flags, Object... mode) throws LastErrorException;

    /** Closes a descriptor. */
    int close(int descriptor) throws LastErrorException;

    /** Changes a descriptor. */
    int fcntl(int descriptor, int command, Object... argument) throws LastErrorException;

    /** Waits for a child. */
    int waitpid(int pid, IntByReference status, int options) throws LastErrorException;
}
