package dev.checkpointer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A server that is no JVM: how it is started on a port of the loopback interface, and how it is talked to. */
enum ServerKind {
    REDIS("redis-server", 0, 0),
    MEMCACHED("memcached", 0, 0),
    /** A master with two workers. */
    NGINX("nginx", 2, 0),
    PYTHON("python3", 0, 143),
    RUBY("ruby", 0, 0);

    private static final String NGINX_SETTINGS = """
            user root;
            daemon off;
            worker_processes 2;
            error_log logs/error.log notice;
            pid nginx.pid;
            events { worker_connections 64; }
            http {
              access_log logs/access.log;
              client_body_temp_path tmp;
              proxy_temp_path tmp;
              fastcgi_temp_path tmp;
              uwsgi_temp_path tmp;
              scgi_temp_path tmp;
              server {
                listen 127.0.0.1:%d;
                root web;
              }
            }
            """;

    /** Where a program comes from: the system, or what {@code bin/setup --tests} has unpacked. */
    private static final List<Path> PREFIXES = Stream.of(
                    Optional.of(Path.of("/")),
                    Optional.ofNullable(System.getenv("CHECKPOINTER_PREFIX"))
                            .map(prefix -> Path.of(prefix).resolve("servers")),
                    Optional.of(Path.of("/opt/checkpointer/servers")),
                    Optional.of(Path.of(
                            Optional.ofNullable(System.getenv("XDG_DATA_HOME"))
                                    .orElse(System.getProperty("user.home") + "/.local/share"),
                            "checkpointer/servers")))
            .flatMap(Optional::stream)
            .toList();

    private final String command;
    private final int workers;
    private final int statusAfterTerm;

    ServerKind(String command, int workers, int statusAfterTerm) {
        this.command = command;
        this.workers = workers;
        this.statusAfterTerm = statusAfterTerm;
    }

    /** How many processes it has below its first one. */
    int workers() {
        return workers;
    }

    /** How it ends when it is told to. */
    int statusAfterTerm() {
        return statusAfterTerm;
    }

    /** Whether it keeps what it is told. The others serve files. */
    boolean isStore() {
        return this == REDIS || this == MEMCACHED;
    }

    /** Its file, where it is installed. */
    Optional<Path> program() {
        return PREFIXES.stream()
                .flatMap(prefix -> Stream.of("usr/bin", "usr/sbin").map(prefix::resolve))
                .map(directory -> directory.resolve(command))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Its process, not started yet. What it needs is put into the directory. */
    ProcessBuilder process(Path program, Path directory, int port) throws IOException {
        var line = new ArrayList<>(List.of("setsid", program.toString()));
        line.addAll(arguments(directory, Integer.toString(port)));
        if (this == NGINX) {
            Files.createDirectories(directory.resolve("logs"));
            Files.writeString(directory.resolve("nginx.conf"), NGINX_SETTINGS.formatted(port));
        }
        var process = new ProcessBuilder(line).directory(directory.toFile());
        var installed = program().orElse(program);
        for (var prefix : PREFIXES) {
            if (installed.startsWith(prefix.resolve("usr")) && prefix.getParent() != null) {
                try (var libraries = Files.list(prefix.resolve("usr/lib"))) {
                    libraries
                            .filter(found -> found.toString().endsWith("-linux-gnu"))
                            .forEach(found -> process.environment().put("LD_LIBRARY_PATH", found.toString()));
                }
            }
        }
        return process;
    }

    private List<String> arguments(Path directory, String port) {
        var web = directory.resolve("web").toString();
        return switch (this) {
            case REDIS -> List.of("--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", directory.toString());
            case MEMCACHED -> List.of("-u", System.getProperty("user.name"), "-l", "127.0.0.1", "-p", port, "-U", "0");
            case NGINX -> List.of("-p", directory.toString(), "-c", "nginx.conf");
            case PYTHON -> List.of("-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", web, port);
            case RUBY -> List.of("-run", "-e", "httpd", "--", "--bind-address=127.0.0.1", "--port=" + port, web);
        };
    }

    /** A request that stores a value, for those that do. */
    String storing(String value) {
        return this == REDIS
                ? "SET key " + value + "\r\nQUIT\r\n"
                : "set key 0 0 " + value.length() + "\r\n" + value + "\r\nquit\r\n";
    }

    /** A request for the value, after which the connection is closed. */
    String asking() {
        return switch (this) {
            case REDIS -> "GET key\r\nQUIT\r\n";
            case MEMCACHED -> "get key\r\nquit\r\n";
            default -> "GET /key HTTP/1.0\r\n\r\n";
        };
    }

    /** A request after which the connection stays open. */
    String greeting() {
        return switch (this) {
            case REDIS -> "PING\r\n";
            case MEMCACHED -> "version\r\n";
            default -> "GET /key HTTP/1.1\r\nHost: here\r\n\r\n";
        };
    }
}
