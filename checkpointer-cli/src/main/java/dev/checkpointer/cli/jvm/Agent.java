package dev.checkpointer.cli.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * checkpointer's agent in a JVM, as it is seen from outside: its control socket ({@code docs/agent-protocol.md}).
 *
 * @param pid the JVM
 * @param socket the socket's absolute path, as the JVM sees it
 */
public record Agent(long pid, Path socket) {
    /** A listening socket in {@code /proc/net/unix}: number, references, protocol, flags, type, state, inode, path. */
    private static final Pattern LISTENING =
            Pattern.compile("[0-9A-Fa-f]+: \\S+ \\S+ 00010000 \\S+ \\S+ +(\\d+) (/.*)");

    private static final Pattern NAME = Pattern.compile("checkpointer\\.(\\d+)(\\.\\d+)?");

    /**
     * Looks for the agent, without attaching.
     *
     * @param pid the JVM
     * @return empty when it has no open control socket, or this user may not look
     */
    public static Optional<Agent> of(long pid) {
        var process = Path.of("/proc", Long.toString(pid));
        try {
            var sockets = sockets(process);
            return sockets.isEmpty()
                    ? Optional.empty()
                    : opened(process, sockets).map(path -> new Agent(pid, Path.of(path)));
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty(); // it has ended, or it is somebody else's
        }
    }

    /** The sockets of the agent's name that somebody listens on, by their links in {@code /proc/PID/fd}. */
    private static Map<String, String> sockets(Path process) throws IOException {
        var inside = Long.toString(ProcessStatus.read(process).innerPid());
        var found = new HashMap<String, String>();
        for (var line : lines(process.resolve("net/unix"))) {
            var match = LISTENING.matcher(line);
            if (match.matches()) {
                var path = match.group(2);
                var name = NAME.matcher(path.substring(path.lastIndexOf('/') + 1));
                if (name.matches() && name.group(1).equals(inside)) {
                    found.put("socket:[" + match.group(1) + "]", path);
                }
            }
        }
        return found;
    }

    private static String[] lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n");
    }

    private static Optional<String> opened(Path process, Map<String, String> sockets) throws IOException {
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : descriptors) {
                var path = sockets.get(target(descriptor));
                if (path != null) {
                    return Optional.of(path);
                }
            }
        }
        return Optional.empty();
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed since the directory was read
        }
    }
}
