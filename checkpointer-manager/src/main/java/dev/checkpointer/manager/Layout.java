package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The daemon's directory, which it holds alone until its end, however that comes. */
final class Layout {
    private final Path root;
    private final FileChannel lock;

    private Layout(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** Refused when another daemon has it. */
    static Layout take(Path root) throws ManagerException {
        FileChannel channel = null;
        try {
            Documents.directory(root);
            Documents.directory(root.resolve("services"));
            channel = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return new Layout(root, channel);
            }
            channel.close();
        } catch (OverlappingFileLockException e) {
            close(channel);
        } catch (IOException e) {
            throw new ManagerException(
                    ManagerException.Kind.FAILED,
                    "cannot use " + root + ": " + e,
                    "Make it writable, or set checkpointer.state to another directory",
                    e);
        }
        throw new ManagerException(
                ManagerException.Kind.CONFLICT,
                "another daemon uses " + root,
                "Use that one, or set checkpointer.state to another directory");
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it was only opened
        }
    }

    Path services() {
        return root.resolve("services");
    }

    Path images() {
        return root.resolve("images");
    }

    Path standby() {
        return root.resolve("standby.json");
    }

    void release() {
        close(lock);
    }
}
