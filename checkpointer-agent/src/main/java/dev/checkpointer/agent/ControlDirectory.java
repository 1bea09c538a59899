package dev.checkpointer.agent;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** The directory of the control sockets: the user's own, closed to all others. */
final class ControlDirectory {
    private static final Pattern SOCKET = Pattern.compile("checkpointer\\.(\\d{1,10})(?:\\.\\d{1,2})?");
    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET_TYPE = 0140000;
    private static final int OTHERS = 0077;
    private static final int LOCK_TRIES = 500;
    private static final long LOCK_PAUSE_NANOS = 2_000_000;

    private ControlDirectory() {}

    /** Makes the directory where it is missing, and checks it. */
    static Path open() throws AgentException {
        var directory = choose().toAbsolutePath().normalize();
        try {
            create(directory);
            check(directory);
        } catch (IOException e) {
            throw new AgentException("cannot use " + directory + " for the control socket: " + e, remedy());
        }
        return directory;
    }

    private static Path choose() throws AgentException {
        var set = Settings.current().path(Setting.CONTROL);
        if (set.isPresent()) {
            return set.get();
        }
        var runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && runtime.startsWith("/") && Files.isWritable(Path.of(runtime))) {
            return Path.of(runtime, "checkpointer");
        }
        try {
            return Path.of(System.getProperty("java.io.tmpdir"), "checkpointer-" + uid());
        } catch (IOException e) {
            throw new AgentException("the user's ID cannot be read: " + e, remedy());
        }
    }

    /** A directory below {@code /proc/self} may belong to root, a thread's does as well; the status tells. */
    private static int uid() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> Integer.parseUnsignedInt(line.split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new IOException("no Uid in /proc/self/status"));
    }

    private static void create(Path directory) throws IOException {
        try {
            if (directory.getParent() != null) {
                Files.createDirectories(directory.getParent());
            }
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            Files.createDirectory(directory, mode);
        } catch (FileAlreadyExistsException e) {
            return; // checked next
        }
    }

    private static void check(Path directory) throws IOException, AgentException {
        Map<String, Object> facts =
                Files.readAttributes(directory, "unix:mode,uid,isDirectory", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) facts.get("mode");
        String problem = null;
        if (!Boolean.TRUE.equals(facts.get("isDirectory"))) {
            problem = "it is no directory";
        } else if ((Integer) facts.get("uid") != uid()) {
            problem = "it belongs to another user";
        } else if ((mode & OTHERS) != 0) {
            problem = "others may enter it (mode " + Integer.toOctalString(mode & 07777) + ", expected 700)";
        }
        if (problem != null) {
            throw new AgentException("cannot use " + directory + " for the control socket: " + problem, remedy());
        }
    }

    private static String remedy() {
        return "Set checkpointer.control to a directory of mode 0700 of your own, or to one that does not exist";
    }

    /**
     * Keeps others from choosing a name until it is closed: a socket that is bound and does not listen yet looks dead, and
     * clones wake up at the same time. Whoever was stopped meanwhile is not waited for.
     */
    static FileChannel lock(Path directory) throws IOException {
        var file = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        for (int i = 0; i < LOCK_TRIES && file.tryLock() == null; i++) {
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
        return file;
    }

    /** Removes sockets of programs that have ended. One that is dumped or restored has a process, or somebody listens. */
    static void removeStale(Path directory) {
        try (var entries = Files.newDirectoryStream(directory, "checkpointer.*")) {
            for (var entry : entries) {
                var match = SOCKET.matcher(entry.getFileName().toString());
                if (match.matches() && !Files.exists(Path.of("/proc", match.group(1))) && isDead(entry)) {
                    Files.deleteIfExists(entry);
                }
            }
        } catch (IOException e) {
            System.getLogger(ControlDirectory.class.getName())
                    .log(System.Logger.Level.DEBUG, "old control sockets stay in " + directory, e);
        }
    }

    /** A socket of this user's on which nobody listens. */
    static boolean isDead(Path path) throws IOException {
        Map<String, Object> facts = Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        if (((Integer) facts.get("mode") & TYPE_MASK) != SOCKET_TYPE || (Integer) facts.get("uid") != uid()) {
            return false;
        }
        try (var probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return !probe.isConnected();
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return "Connection refused".equals(e.getMessage());
        }
    }
}
