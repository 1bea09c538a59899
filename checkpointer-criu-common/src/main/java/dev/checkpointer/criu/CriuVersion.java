package dev.checkpointer.criu;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A version of CRIU.
 *
 * @param major the first number
 * @param minor the second number
 * @param sublevel the third number, 0 when there is none
 * @since 0.1.0
 */
public record CriuVersion(int major, int minor, int sublevel) implements Comparable<CriuVersion> {
    /** Older ones are refused. */
    public static final CriuVersion OLDEST = new CriuVersion(3, 17, 0);

    /** Older ones than this cannot dump TCP sockets on kernels from 6.16 on. */
    public static final CriuVersion RECOMMENDED = new CriuVersion(4, 2, 0);

    private static final Pattern NUMBERS = Pattern.compile("(?:Version: )?(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?.*");

    private static final Comparator<CriuVersion> ORDER = Comparator.comparingInt(CriuVersion::major)
            .thenComparingInt(CriuVersion::minor)
            .thenComparingInt(CriuVersion::sublevel);

    /**
     * Reads what {@code criu --version} prints, or the number alone.
     *
     * @param text one or more lines
     * @return the version, empty when there is none in the text
     */
    public static Optional<CriuVersion> parse(String text) {
        return text.lines()
                .map(NUMBERS::matcher)
                .filter(match -> match.matches())
                .map(match -> new CriuVersion(
                        Integer.parseInt(match.group(1)),
                        Integer.parseInt(match.group(2)),
                        match.group(3) == null ? 0 : Integer.parseInt(match.group(3))))
                .findFirst();
    }

    @Override
    public int compareTo(CriuVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + (sublevel == 0 ? "" : "." + sublevel);
    }
}
