package dev.checkpointer.examples.testing;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of a test's own, with a new cluster below the test's directory. It listens on a port of the loopback
 * interface and trusts everybody there. For use by one thread.
 *
 * <p>Its programs are the system's, or those that {@code bin/setup --tests} has unpacked. PostgreSQL refuses to run as
 * root; in a user namespace root is somebody else there, and still the owner of its files.
 */
public final class PostgreSql implements AutoCloseable {
    private static final String USER = "example";
    private static final Path VERSIONS = Path.of("usr/lib/postgresql");

    /** Where {@code bin/setup} may have unpacked it. */
    private static final List<Path> PREFIXES = Stream.of(
                    Optional.ofNullable(System.getenv("CHECKPOINTER_PREFIX")).map(Path::of),
                    Optional.of(Path.of("/opt/checkpointer")),
                    Optional.of(Path.of(
                            Optional.ofNullable(System.getenv("XDG_DATA_HOME"))
                                    .orElse(System.getProperty("user.home") + "/.local/share"),
                            "checkpointer")))
            .flatMap(Optional::stream)
            .map(prefix -> prefix.resolve("postgresql"))
            .toList();

    private final Path directory;
    private final int port;
    private final Process server;

    private PostgreSql(Path directory, int port, Process server) {
        this.directory = directory;
        this.port = port;
        this.server = server;
    }

    /**
     * Makes a cluster and starts its server. Returns when it takes connections.
     *
     * @return the server
     * @throws IOException when there is no PostgreSQL on this machine, or it does not start
     */
    public static PostgreSql start() throws IOException {
        var parent = Files.createDirectories(Path.of(System.getProperty("test.directory")));
        var directory = Files.createTempDirectory(parent, "postgresql");
        var data = directory.resolve("data").toString();
        var log = directory.resolve("log").toFile();
        var options = List.of("-D", data, "-U", USER, "-A", "trust", "-N", "--no-locale", "-E", "UTF8");
        var made = Processes.run(command(directory, "initdb", options));
        if (made.status() != 0) {
            throw new IOException("initdb ended with status " + made.status() + ": " + made.output());
        }
        int port = freePort();
        var settings = List.of("-D", data, "-p", Integer.toString(port), "-h", "127.0.0.1", "-k", "", "-F");
        var server = command(directory, "postgres", settings)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        var postgres = new PostgreSql(directory, port, server);
        try {
            Await.until("PostgreSQL to take connections", () -> {
                var said = read(log.toPath());
                if (!server.isAlive()) {
                    throw new IllegalStateException("PostgreSQL has ended: " + said);
                }
                return said.contains("database system is ready to accept connections");
            });
        } catch (IllegalStateException | AssertionError e) {
            postgres.close();
            throw e;
        }
        return postgres;
    }

    /**
     * Where JDBC finds the database, with the user.
     *
     * @return a URL
     */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER;
    }

    /**
     * The port of the server.
     *
     * @return a TCP port on the loopback interface
     */
    public int port() {
        return port;
    }

    /** Ends the server, whoever is connected, and deletes the cluster. The log stays when the server fails to end. */
    @Override
    public void close() throws IOException {
        // The immediate shutdown, which waits for nobody; what a killed server leaves would stay in the kernel.
        Processes.run(List.of("kill", "-QUIT", Long.toString(server.pid())));
        Processes.awaitEnd(server.pid());
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static ProcessBuilder command(Path directory, String program, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        if (Files.getOwner(directory).getName().equals("root")) {
            command.addAll(List.of("unshare", "--user", "--map-user=1", "--map-group=1", "--ipc"));
        }
        var installed = installed();
        command.add(installed.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        for (var prefix : PREFIXES) {
            if (installed.startsWith(prefix)) {
                builder.environment().put("LD_LIBRARY_PATH", libraries(prefix));
            }
        }
        return builder;
    }

    /** The directory of the newest server, the system's if it has one. */
    private static Path installed() throws IOException {
        for (var root :
                Stream.concat(Stream.of(Path.of("/")), PREFIXES.stream()).toList()) {
            if (Files.isDirectory(root.resolve(VERSIONS))) {
                try (var versions = Files.list(root.resolve(VERSIONS))) {
                    var newest = versions.filter(version -> Files.exists(version.resolve("bin/initdb")))
                            .max(Comparator.comparing(version ->
                                    Integer.valueOf(version.getFileName().toString())));
                    if (newest.isPresent()) {
                        return newest.get();
                    }
                }
            }
        }
        throw new IOException("there is no PostgreSQL server in /" + VERSIONS + ". Run bin/setup --tests.");
    }

    /** The directories of the unpacked packages' libraries. */
    private static String libraries(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            return files.filter(file -> file.getFileName().toString().matches("lib.*\\.so\\..*"))
                    .map(file -> file.getParent().toString())
                    .distinct()
                    .collect(Collectors.joining(":"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
