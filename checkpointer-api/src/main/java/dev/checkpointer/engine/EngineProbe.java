package dev.checkpointer.engine;

import java.util.Optional;
import java.util.Set;

/**
 * An engine's answer to whether it works here.
 *
 * @since 0.1.0
 */
public sealed interface EngineProbe {
    /**
     * What the engine can do here, when it can be used at all.
     *
     * @return empty when it cannot
     */
    Optional<Available> usable();

    /**
     * The engine works here.
     *
     * @param version the version of what the engine drives, for instance CRIU's; empty when there is none
     * @param features what the engine can do here
     * @param drives the command, library or socket that it uses; empty when there is none
     */
    record Available(String version, Set<EngineFeature> features, String drives) implements EngineProbe {
        /**
         * Copies the features.
         *
         * @param version the version, empty when there is none
         * @param features what the engine can do here
         * @param drives the command, library or socket, empty when there is none
         */
        public Available {
            features = Set.copyOf(features);
        }

        @Override
        public Optional<Available> usable() {
            return Optional.of(this);
        }
    }

    /**
     * The engine works here, but not without a drawback that nobody asked for. It is never chosen by itself, only by
     * name.
     *
     * @param available what it can do
     * @param reason the drawback
     * @param remedy what to do about it
     */
    record ByNameOnly(Available available, String reason, String remedy) implements EngineProbe {
        @Override
        public Optional<Available> usable() {
            return Optional.of(available);
        }
    }

    /**
     * The engine does not work here.
     *
     * @param reason what was expected and what was found
     * @param remedy what to do about it
     */
    record Unavailable(String reason, String remedy) implements EngineProbe {
        @Override
        public Optional<Available> usable() {
            return Optional.empty();
        }
    }
}
