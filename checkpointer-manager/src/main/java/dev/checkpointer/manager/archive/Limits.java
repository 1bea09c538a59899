package dev.checkpointer.manager.archive;

/**
 * What an import may take. Immutable.
 *
 * @param bytes of all files of the image together, at most
 * @param files in the image, at most
 * @param reserve bytes that stay free on the file system of the target
 * @since 0.1.0
 */
public record Limits(long bytes, int files, long reserve) {
    /** More than any image has, and less than what is a burden. */
    public static final int MOST_FILES = 100_000;

    /** Negative ones are refused with an {@link IllegalArgumentException}. */
    public Limits {
        if (bytes < 0 || files < 0 || reserve < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
    }

    /**
     * Limits on the size alone.
     *
     * @param bytes of all files of the image together, at most
     * @return with {@link #MOST_FILES}, and nothing that has to stay free
     */
    public static Limits ofBytes(long bytes) {
        return new Limits(bytes, MOST_FILES, 0);
    }
}
