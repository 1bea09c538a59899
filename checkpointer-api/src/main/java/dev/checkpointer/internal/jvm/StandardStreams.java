package dev.checkpointer.internal.jvm;

import dev.checkpointer.internal.descriptor.Descriptor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What descriptors 0, 1 and 2 are at the time of the dump, in the words of CRIU's option {@code --inherit-fd}, so that
 * the restored program can be given others in their place.
 */
final class StandardStreams {
    private StandardStreams() {}

    static void note(long pid, Map<String, String> manifest) throws IOException {
        note(Descriptor.of(pid), manifest);
    }

    /**
     * CRIU replaces by what a descriptor refers to, not by its number. Where another descriptor refers to the same device,
     * that one would be replaced too, so the stream is left as it is then.
     */
    static void note(List<Descriptor> descriptors, Map<String, String> manifest) {
        for (var stream : descriptors.stream().filter(d -> d.number() <= 2).toList()) {
            boolean shared = stream.target().startsWith("/dev/")
                    && !stream.isTerminal()
                    && descriptors.stream()
                            .anyMatch(d -> d.number() > 2 && d.target().equals(stream.target()));
            if (!shared) {
                manifest.put("stdio." + stream.number(), key(stream));
            }
        }
    }

    /** Pipes and sockets are named as in /proc, terminals by device numbers, files by path without the first slash. */
    private static String key(Descriptor stream) {
        if (stream.isTerminal()) {
            return "tty[%x:%x]".formatted(stream.rdev(), stream.dev());
        }
        var target = stream.target();
        return target.startsWith("/") ? target.substring(1) : target;
    }
}
