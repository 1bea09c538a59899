package dev.checkpointer.examples.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** The JDKs that the examples are run on. */
public final class Jdks {
    private Jdks() {}

    /**
     * The JDK of the build, and those that the system property {@code checkpointer.test.jdks} names.
     *
     * @return their homes, each once
     */
    public static Stream<Path> all() {
        var named = System.getProperty("checkpointer.test.jdks", "");
        return Stream.concat(
                        Stream.of(System.getProperty("java.home")),
                        Arrays.stream(named.split(":")).filter(home -> !home.isBlank()))
                .map(Jdks::realPath)
                .distinct();
    }

    private static Path realPath(String home) {
        try {
            return Path.of(home).toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("checkpointer.test.jdks names " + home, e);
        }
    }
}
