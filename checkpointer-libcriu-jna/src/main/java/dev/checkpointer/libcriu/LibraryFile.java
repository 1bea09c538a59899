package dev.checkpointer.libcriu;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds {@code libcriu.so.2}: in the setting {@code checkpointer.libcriu}, then below the prefix where {@code bin/setup}
 * installs one, then where the system's loader looks. Looks for files and loads nothing.
 */
final class LibraryFile {
    static final String NAME = "libcriu.so.2";

    private LibraryFile() {}

    /**
     * Finds the library.
     *
     * @param settings where to look
     * @param searchPath the value of {@code LD_LIBRARY_PATH}, may be empty
     * @throws EngineException when there is none
     */
    static Path find(Settings settings, String searchPath) throws EngineException {
        var named = settings.path(Setting.LIBCRIU);
        if (named.isPresent()) {
            if (!Files.isRegularFile(named.get())) {
                throw missing("checkpointer.libcriu names " + named.get() + ", which is not a file");
            }
            return named.get().toAbsolutePath();
        }
        return places(settings, searchPath, System.getProperty("os.arch")).stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(
                        () -> missing("there is no " + NAME + " below the prefix or among the system's libraries"));
    }

    private static EngineException missing(String reason) {
        return new EngineException(
                FailureKind.UNAVAILABLE,
                reason,
                "Run bin/setup, or install libcriu (Debian: libcriu2) and name it with checkpointer.libcriu");
    }

    static List<Path> places(Settings settings, String searchPath, String architecture) {
        var places = new ArrayList<Path>();
        CriuCommand.prefixes(settings)
                .forEach(prefix -> places.add(prefix.resolve("lib").resolve(NAME)));
        var directories = new ArrayList<>(Arrays.asList(searchPath.split(":")));
        var triplet = triplet(architecture);
        directories.addAll(List.of("/usr/local/lib/" + triplet, "/usr/local/lib64", "/usr/local/lib"));
        directories.addAll(
                List.of("/usr/lib/" + triplet, "/lib/" + triplet, "/usr/lib64", "/lib64", "/usr/lib", "/lib"));
        directories.stream()
                .filter(directory -> directory.startsWith("/"))
                .forEach(directory -> places.add(Path.of(directory, NAME)));
        return places;
    }

    /** The name that Debian gives the directory of an architecture's libraries. */
    private static String triplet(String architecture) {
        var name = switch (architecture) {
            case "amd64" -> "x86_64";
            case "ppc64le" -> "powerpc64le";
            default -> architecture;
        };
        return name + "-linux-gnu";
    }
}
