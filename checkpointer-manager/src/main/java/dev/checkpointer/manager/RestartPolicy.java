package dev.checkpointer.manager;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What becomes of a service whose program has ended without having been asked to.
 *
 * @since 0.1.0
 */
public enum RestartPolicy {
    /** It stays as it is. */
    NEVER,
    /** It is started again. */
    ALWAYS,
    /** It is started again when its status was not 0. */
    ON_FAILURE,
    /** It comes back from its newest image, and is started cold after three failures in a row, or when it has none. */
    FROM_IMAGE;

    /**
     * As commands and documents spell it.
     *
     * @return for instance {@code on-failure}
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<RestartPolicy> parse(String text) {
        return Arrays.stream(values())
                .filter(policy -> policy.text().equals(text))
                .findFirst();
    }
}
