package dev.checkpointer.criu;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The {@code criu} command of this machine. It is looked for in the setting {@code checkpointer.criu}, then below the
 * prefix where {@code bin/setup} installs one, then on the {@code PATH} and in the directories of administrators'
 * commands.
 *
 * @param path the command
 * @param version its version
 * @since 0.1.0
 */
public record CriuCommand(Path path, CriuVersion version) {
    private static final long VERSION_SECONDS = 10;
    private static final String INSTALL = "Run bin/setup, or install CRIU " + CriuVersion.RECOMMENDED
            + " or later and name it with checkpointer.criu";

    /**
     * Finds the command and asks for its version.
     *
     * @param settings where to look
     * @param searchPath the value of {@code PATH}, may be empty
     * @return the command
     * @throws EngineException when there is none, or it is too old
     */
    public static CriuCommand find(Settings settings, String searchPath) throws EngineException {
        var path = locate(settings, searchPath);
        var version = version(path);
        if (version.compareTo(CriuVersion.OLDEST) < 0) {
            throw unavailable("CRIU " + version + " (" + path + ") is older than " + CriuVersion.OLDEST);
        }
        return new CriuCommand(path, version);
    }

    private static Path locate(Settings settings, String searchPath) throws EngineException {
        var named = settings.path(Setting.CRIU);
        if (named.isPresent()) {
            if (!Files.isExecutable(named.get())) {
                throw unavailable("checkpointer.criu names " + named.get() + ", which is not an executable file");
            }
            return named.get().toAbsolutePath();
        }
        var places = places(settings, searchPath);
        return places.stream()
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
                .findFirst()
                .orElseThrow(() -> unavailable("there is no criu command below the prefix or on the PATH"));
    }

    static List<Path> places(Settings settings, String searchPath) {
        var places = new ArrayList<Path>();
        var prefix = settings.path(Setting.PREFIX);
        if (prefix.isPresent()) {
            places.add(prefix.get().resolve("bin/criu"));
        } else {
            places.add(Path.of("/opt/checkpointer/bin/criu"));
            places.add(Path.of(System.getProperty("user.home"), ".local/share/checkpointer/bin/criu"));
        }
        var directories = new ArrayList<>(List.of(searchPath.split(":")));
        directories.addAll(List.of("/usr/local/sbin", "/usr/sbin", "/sbin"));
        directories.stream()
                .filter(directory -> directory.startsWith("/"))
                .forEach(directory -> places.add(Path.of(directory, "criu")));
        return places;
    }

    /** Setup leaves the version of its own CRIU in a file, which is quicker than starting the command. */
    private static CriuVersion version(Path criu) throws EngineException {
        var note = criu.resolveSibling("../criu.version").normalize();
        try {
            var text = criu.endsWith("bin/criu") && Files.isReadable(note) ? Files.readString(note) : ask(criu);
            return CriuVersion.parse(text)
                    .orElseThrow(() -> unavailable(criu + " does not say its version but: " + text.strip()));
        } catch (IOException e) {
            throw unavailable("cannot run " + criu + ": " + e.getMessage());
        }
    }

    private static String ask(Path criu) throws IOException, EngineException {
        var process = new ProcessBuilder(criu.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
                throw unavailable(criu + " --version did not end within " + VERSION_SECONDS + " s");
            }
            return new String(process.getInputStream().readNBytes(4096));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted while asking " + criu, "");
        } finally {
            process.destroyForcibly();
        }
    }

    private static EngineException unavailable(String reason) {
        return new EngineException(FailureKind.UNAVAILABLE, reason, INSTALL);
    }

    /**
     * What an engine's probe says of a machine without a usable CRIU.
     *
     * @param e why {@link #find} failed
     * @return the reason alone
     */
    public static String reason(EngineException e) {
        return e.getMessage().replace(". " + e.remedy(), "");
    }
}
