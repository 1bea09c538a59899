package dev.checkpointer.cli;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.manager.Daemon;
import dev.checkpointer.manager.DaemonOptions;
import dev.checkpointer.manager.ManagerException;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps services and images. */
@Command(
        name = "daemon",
        description = {
            "Keeps programs as services, and their images; the commands \"service\" and \"image\" ask it.",
            "The services go on when it ends, and the next one finds them again."
        },
        footer = {
            "",
            "Its directory is the setting checkpointer.state, its socket checkpointer.socket.",
            "Exit status: 0 it has ended as asked, or runs in the background, 2 bad usage, 112 another one has the"
                    + " directory or the socket, 1 they cannot be used."
        })
final class DaemonCommand implements Callable<Integer> {
    /** Set by the launcher. */
    private static final String LAUNCHER = "cli.launcher";

    /** It tells of each start. Held, since the setting is forgotten with the logger. */
    private static final Logger LIBRARY = Logger.getLogger("org.eclipse.jetty");

    private static final long START_SECONDS = 30;
    private static final long POLL_MILLIS = 20;
    private static final Pattern ADDRESS = Pattern.compile("(127\\.0\\.0\\.1|localhost):(\\d{1,5})");

    @Option(names = "--foreground", description = "do not go to the background; for a service manager such as systemd")
    private boolean foreground;

    @Option(
            names = "--http",
            paramLabel = "ADDRESS:PORT",
            description = "listen on 127.0.0.1:PORT, too, for who has the token; 0 is any free port")
    private String http;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "the token, which is made when there is none (default: token in the daemon's directory)")
    private Path tokenFile;

    @Option(
            names = "--log-limit",
            paramLabel = "BYTES",
            description = "length beyond which a service's log file is rotated (default: ${DEFAULT-VALUE})",
            defaultValue = "10485760")
    private long logLimit;

    @Option(
            names = "--unit",
            description = "print a unit for systemd, for these options and this place, and do nothing else")
    private boolean unit;

    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    private final Console console;

    DaemonCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CommandException {
        var options = options();
        if (unit) {
            console.line(SystemdUnit.of(options, logLimit, Optional.ofNullable(http)));
            return ExitStatus.DONE;
        }
        LIBRARY.setLevel(Level.WARNING);
        return foreground ? run(options) : background(options);
    }

    private DaemonOptions options() {
        var settings = Settings.current();
        var state = Path.of(settings.text(Setting.STATE).orElseThrow()).toAbsolutePath();
        return new DaemonOptions(
                state,
                Path.of(settings.text(Setting.SOCKET).orElseThrow()).toAbsolutePath(),
                Path.of(Optional.ofNullable(System.getProperty(LAUNCHER)).orElse("checkpointer")),
                port(),
                Optional.of(Optional.ofNullable(tokenFile).orElse(state.resolve("token"))),
                logLimit);
    }

    private OptionalInt port() {
        if (http == null) {
            return OptionalInt.empty();
        }
        var match = ADDRESS.matcher(http);
        if (!match.matches() || Integer.parseInt(match.group(2)) > 65_535) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--http is 127.0.0.1:PORT, not '" + http + "'");
        }
        return OptionalInt.of(Integer.parseInt(match.group(2)));
    }

    private int run(DaemonOptions options) throws CommandException {
        var end = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        try (var daemon = new Daemon(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                end.countDown();
                try {
                    ended.await(START_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            console.note("daemon listens on " + options.socket()
                    + (daemon.port() == 0 ? "" : " and http://127.0.0.1:" + daemon.port()));
            end.await();
        } catch (ManagerException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
        return ExitStatus.DONE;
    }

    static CommandException failure(ManagerException e) {
        int status = switch (e.kind()) {
            case INVALID, TOO_LARGE -> ExitStatus.USAGE;
            case MISSING, CONFLICT, FORBIDDEN -> ExitStatus.REFUSED;
            case FAILED -> ExitStatus.FAILED;
        };
        return new CommandException(status, e.getMessage(), e.remedy());
    }

    /** Starts the same command once more, and returns when it listens. */
    private int background(DaemonOptions options) throws CommandException {
        try {
            Files.createDirectories(options.state());
            var log = options.state().resolve("daemon.log").toFile();
            var command = new ArrayList<>(List.of(
                    "setsid",
                    options.checkpointer().toString(),
                    "daemon",
                    "--foreground",
                    "--log-limit",
                    "" + logLimit));
            if (http != null) {
                command.addAll(List.of("--http", http));
            }
            options.token().ifPresent(file -> command.addAll(List.of("--token-file", file.toString())));
            long start = log.length();
            var process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(Redirect.appendTo(log))
                    .redirectError(Redirect.appendTo(log))
                    .start();
            awaitListening(process, options, log.toPath(), start);
            console.line(Long.toString(process.pid()));
            return ExitStatus.DONE;
        } catch (IOException e) {
            throw new CommandException(
                    ExitStatus.FAILED,
                    "cannot start the daemon: " + e.getMessage(),
                    "Set " + Setting.STATE.variable() + " to a directory that this user may write");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitStatus.FAILED, "interrupted while the daemon started", "");
        }
    }

    private static void awaitListening(Process process, DaemonOptions options, Path log, long start)
            throws CommandException, InterruptedException, IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            try (var client = new DaemonClient(options.socket())) {
                if (Long.valueOf(process.pid())
                        .equals(((Number) client.get("/v1/health").get("pid")).longValue())) {
                    return;
                }
            } catch (CommandException e) {
                // not yet
            }
            Thread.sleep(POLL_MILLIS);
        }
        process.destroy();
        var text = Files.readString(log);
        throw new CommandException(
                process.isAlive() ? ExitStatus.FAILED : process.exitValue(),
                "the daemon does not start",
                "",
                text.substring((int) Math.min(start, text.length())).lines().toList(),
                null);
    }
}
