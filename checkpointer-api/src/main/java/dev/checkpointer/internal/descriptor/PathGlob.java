package dev.checkpointer.internal.descriptor;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;

/**
 * A pattern of {@link java.nio.file.FileSystem#getPathMatcher}. The kernel tells absolute paths without symbolic links, where
 * a rule may have the name that the program used: so a relative pattern is also compared from the working directory, and
 * the part in front of the first wildcard also without its links.
 */
final class PathGlob {
    private final String pattern;
    private final PathMatcher asWritten;

    /** Throws {@link IllegalArgumentException} for what is no pattern. */
    PathGlob(String pattern) {
        this.pattern = pattern;
        this.asWritten = matcher(pattern);
    }

    private static PathMatcher matcher(String pattern) {
        return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    }

    boolean matches(Path path) {
        if (asWritten.matches(path)) {
            return true;
        }
        var working = Path.of("").toAbsolutePath();
        if (!pattern.startsWith("/") && path.startsWith(working) && asWritten.matches(working.relativize(path))) {
            return true;
        }
        return withoutLinks()
                .map(PathGlob::matcher)
                .filter(matcher -> matcher.matches(path))
                .isPresent();
    }

    private Optional<String> withoutLinks() {
        int wildcard = 0;
        while (wildcard < pattern.length() && "*?[{\\".indexOf(pattern.charAt(wildcard)) < 0) {
            wildcard++;
        }
        try {
            if (wildcard == pattern.length()) {
                return Optional.of(quoted(Path.of(pattern).toRealPath().toString()));
            }
            int slash = pattern.lastIndexOf('/', wildcard);
            return slash <= 0
                    ? Optional.empty()
                    : Optional.of(quoted(Path.of(pattern.substring(0, slash))
                                    .toRealPath()
                                    .toString())
                            + pattern.substring(slash));
        } catch (IOException | InvalidPathException e) {
            return Optional.empty(); // there is no such file
        }
    }

    private static String quoted(String path) {
        return path.replaceAll("([\\\\*?\\[\\]{}])", "\\\\$1");
    }
}
