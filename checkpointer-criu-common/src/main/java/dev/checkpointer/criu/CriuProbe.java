package dev.checkpointer.criu;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the probes of all engines on CRIU have in common: commands that are needed besides CRIU, and turning failures into
 * answers.
 *
 * @since 0.1.0
 */
public final class CriuProbe {
    private CriuProbe() {}

    /** Looks for what an engine needs. */
    @FunctionalInterface
    public interface Search {
        /**
         * Looks.
         *
         * @return the answer
         * @throws EngineException when something is missing
         */
        EngineProbe run() throws EngineException;
    }

    /**
     * Answers a probe, and throws nothing.
     *
     * @param search looks for what the engine needs
     * @param tools commands that have to be on the {@code PATH}
     * @return the answer
     */
    public static EngineProbe answer(Search search, String... tools) {
        try {
            var missing = missing(tools);
            if (missing.isPresent()) {
                return new EngineProbe.Unavailable(
                        "there is no command " + missing.get() + " on the PATH", "Install coreutils and util-linux");
            }
            return search.run();
        } catch (EngineException e) {
            return new EngineProbe.Unavailable(CriuCommand.reason(e), e.remedy());
        } catch (RuntimeException e) {
            return new EngineProbe.Unavailable(e.getMessage(), "Correct the setting");
        }
    }

    private static Optional<String> missing(String... tools) {
        var directories = searchPath().split(":");
        return Arrays.stream(tools)
                .filter(tool ->
                        Arrays.stream(directories).noneMatch(directory -> Files.isExecutable(Path.of(directory, tool))))
                .findFirst();
    }

    /** The {@code PATH} of this JVM. */
    static String searchPath() {
        return Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    }
}
