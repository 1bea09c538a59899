package dev.checkpointer.cli.jvm;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A running JVM, as {@code /proc} shows it. Nothing is attached to, and no performance data is needed.
 *
 * @param pid its PID
 * @param user the number of its effective user
 * @param program its main class, jar, module or source file
 * @param version the version of its JDK, {@code ?} where that cannot be read
 * @param home where its JDK is
 */
public record Jvm(long pid, long user, String program, String version, Path home) {
    private static final Path PROC = Path.of("/proc");
    private static final long MOST_BYTES = 1L << 16;
    private static final Pattern LIBRARY =
            Pattern.compile("\\S+ \\S+ \\S+ \\S+ \\d+ +(/.*/libjvm\\.so)( \\(deleted\\))?");

    /**
     * The JVMs that this user may look at: its own, or all for root.
     *
     * @return all but the calling one, in the order of their PIDs
     * @throws IOException when there is no {@code /proc}
     */
    public static List<Jvm> all() throws IOException {
        var found = new ArrayList<Jvm>();
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (pid != ProcessHandle.current().pid()) {
                    of(pid).ifPresent(found::add);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.sort(Comparator.comparingLong(Jvm::pid));
        return found;
    }

    /**
     * Looks at one process.
     *
     * @param pid its PID
     * @return empty when it is no JVM, has ended, or may not be looked at
     */
    public static Optional<Jvm> of(long pid) {
        var process = PROC.resolve(Long.toString(pid));
        try {
            var library = library(process);
            if (library.isEmpty()) {
                return Optional.empty();
            }
            var home = library.get().resolve("../../..").normalize();
            return Optional.of(new Jvm(
                    pid, user(process), CommandLineOfJava.program(arguments(process)), version(process, home), home));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> library(Path process) throws IOException {
        return read(process.resolve("maps"))
                .lines()
                .map(LIBRARY::matcher)
                .filter(match -> match.matches())
                .map(match -> Path.of(match.group(1)))
                .findFirst();
    }

    private static List<String> arguments(Path process) throws IOException {
        return List.of(read(process.resolve("cmdline")).split("\0"));
    }

    private static long user(Path process) throws IOException {
        return read(process.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> Long.parseLong(line.split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new IOException("no Uid in " + process));
    }

    /** The process may have a root directory of its own. */
    private static String version(Path process, Path home) {
        try {
            return version(process.resolve("root").resolve(Path.of("/").relativize(home)));
        } catch (IOException e) {
            return "?";
        }
    }

    /**
     * The version that a JDK's {@code release} file tells.
     *
     * @param home the JDK
     * @return for instance {@code 17.0.15}
     * @throws IOException when there is no such file
     */
    public static String version(Path home) throws IOException {
        var release = home.resolve("release");
        // A process may show any file there: none that is read without an end, or waited for.
        if (!Files.isRegularFile(release) || Files.size(release) > MOST_BYTES) {
            throw new IOException(release + " is no file of a JDK");
        }
        var facts = new Properties();
        facts.load(new StringReader(Files.readString(release)));
        return facts.getProperty("JAVA_VERSION", "?").replace("\"", "");
    }

    /** Paths and arguments may hold what is no UTF-8. */
    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
