package dev.checkpointer.cli.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * checkpointer's agent in a JVM, as it is seen from outside.
 *
 * @param jar the agent's jar, which the JVM keeps open
 */
public record Agent(Path jar) {
    private static final Pattern JAR = Pattern.compile(".*/checkpointer-agent[^/]*\\.jar");

    /**
     * Looks for the agent, without attaching.
     *
     * @param pid the JVM
     * @return empty when there is none, or this user may not look
     */
    public static Optional<Agent> of(long pid) {
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (var descriptor : descriptors) {
                var target = target(descriptor);
                if (JAR.matcher(target).matches()) {
                    return Optional.of(new Agent(Path.of(target)));
                }
            }
            return Optional.empty();
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return Optional.empty(); // it has ended, or it is somebody else's
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed since the directory was read
        }
    }
}
