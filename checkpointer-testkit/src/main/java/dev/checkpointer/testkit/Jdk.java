package dev.checkpointer.testkit;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A JDK that the contract runs on: the one of the build, and those that the system property
 * {@code test.jdks} names, separated by colons.
 *
 * @param home its directory
 * @since 0.1.0
 */
public record Jdk(Path home) {
    /**
     * All JDKs of the matrix.
     *
     * @return at least the JDK of the build
     */
    public static Stream<Jdk> all() {
        Set<Path> homes = new LinkedHashSet<>();
        homes.add(Path.of(System.getProperty("java.home")));
        Arrays.stream(Optional.ofNullable(System.getProperty("test.jdks"))
                        .orElse("")
                        .split(":"))
                .filter(home -> !home.isBlank())
                .map(Path::of)
                .forEach(homes::add);
        return homes.stream().map(Jdk::new);
    }

    /**
     * Its java command.
     *
     * @return a path
     */
    public Path java() {
        return home.resolve("bin/java");
    }

    @Override
    public String toString() {
        return home.getFileName().toString();
    }
}
