package dev.checkpointer.criu;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
    private static final int MOST_CHARACTERS = 4096;
    private static final String INSTALL = "Run bin/setup, or install CRIU " + CriuVersion.RECOMMENDED
            + " or later and name it with checkpointer.criu";

    /**
     * Finds the command by the settings and the {@code PATH} of this JVM, and asks for its version.
     *
     * @return the command
     * @throws EngineException when there is none, or it is too old
     */
    public static CriuCommand find() throws EngineException {
        return find(
                Settings.current(), Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin"));
    }

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
            if (!runnable(named.get())) {
                throw unavailable("checkpointer.criu names " + named.get() + ", which is not an executable file");
            }
            return named.get().toAbsolutePath();
        }
        var places = places(settings, searchPath);
        return places.stream()
                .filter(CriuCommand::runnable)
                .findFirst()
                .orElseThrow(() -> unavailable("there is no criu command below the prefix or on the PATH"));
    }

    /**
     * Where {@code bin/setup} installs CRIU and its library.
     *
     * @param settings which may name one
     * @return absolute paths of directories, which need not exist, in the order in which they are searched
     */
    public static List<Path> prefixes(Settings settings) {
        return settings.path(Setting.PREFIX)
                .map(prefix -> List.of(prefix.toAbsolutePath()))
                .orElse(List.of(
                        Path.of("/opt/checkpointer"),
                        Path.of(System.getProperty("user.home"), ".local/share/checkpointer")));
    }

    private static boolean runnable(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    static List<Path> places(Settings settings, String searchPath) {
        var places = new ArrayList<Path>();
        prefixes(settings).forEach(prefix -> places.add(prefix.resolve("bin/criu")));
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
        var answer = new FutureTask<>(() -> read(process.getInputStream()));
        var reader = new Thread(answer, "checkpointer: " + criu + " --version");
        reader.setDaemon(true);
        try {
            process.getOutputStream().close();
            reader.start();
            return answer.get(VERSION_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw unavailable(criu + " --version said nothing of use within " + VERSION_SECONDS + " s");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(FailureKind.INTERRUPTED, "interrupted while asking " + criu, "");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads up to the version and no further: the end of the output may be far away, or never come. */
    private static String read(InputStream output) throws IOException {
        var text = new StringBuilder();
        var reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
        for (var line = reader.readLine(); line != null && text.length() < MOST_CHARACTERS; line = reader.readLine()) {
            text.append(line).append('\n');
            if (CriuVersion.parse(line).isPresent()) {
                break;
            }
        }
        return text.toString();
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
