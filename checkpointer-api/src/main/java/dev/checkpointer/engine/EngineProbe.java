package dev.checkpointer.engine;

import java.util.Set;

/**
 * An engine's answer to whether it works here.
 *
 * @since 0.1.0
 */
public sealed interface EngineProbe {
    /**
     * The engine works here.
     *
     * @param version the version of what the engine drives, for instance CRIU's; empty when there is none
     * @param features what the engine can do here
     */
    record Available(String version, Set<EngineFeature> features) implements EngineProbe {
        /**
         * Copies the features.
         *
         * @param version the version, empty when there is none
         * @param features what the engine can do here
         */
        public Available {
            features = Set.copyOf(features);
        }
    }

    /**
     * The engine does not work here.
     *
     * @param reason what was expected and what was found
     * @param remedy what to do about it
     */
    record Unavailable(String reason, String remedy) implements EngineProbe {}
}
