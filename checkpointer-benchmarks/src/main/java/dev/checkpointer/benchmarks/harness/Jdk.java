package dev.checkpointer.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A JDK of this machine.
 *
 * @param home its directory
 * @param version its feature version
 */
public record Jdk(Path home, int version) {
    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");

    /**
     * The one that runs this.
     *
     * @return the JDK
     */
    public static Jdk current() {
        return new Jdk(
                Path.of(System.getProperty("java.home")), Runtime.version().feature());
    }

    /**
     * The newest one beside the one that runs this, in the same directory.
     *
     * @param least the version that it is to have at least
     * @return empty when there is none
     * @throws IOException when the directory cannot be read
     */
    public static Optional<Jdk> newest(int least) throws IOException {
        var found = new ArrayList<Jdk>();
        try (var homes = Files.newDirectoryStream(current().home().toRealPath().getParent())) {
            for (var home : homes) {
                found.addAll(at(home));
            }
        }
        return found.stream().filter(jdk -> jdk.version >= least).max(Comparator.comparingInt(Jdk::version));
    }

    private static List<Jdk> at(Path home) throws IOException {
        var release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
            return List.of();
        }
        var match = VERSION.matcher(Files.readString(release));
        return match.find() ? List.of(new Jdk(home, Integer.parseInt(match.group(1)))) : List.of();
    }

    /**
     * Its command.
     *
     * @return {@code bin/java} below its home
     */
    public String java() {
        return home.resolve("bin/java").toString();
    }

    @Override
    public String toString() {
        return "JDK " + version;
    }
}
