package dev.checkpointer.cli;

import dev.checkpointer.MachineDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/**
 * Restores an image by the launcher, which does it without Java when it is called itself. The options are here for the
 * completion; the launcher reads them.
 */
@Command(
        name = "restore",
        description = "Starts the program of an image. \"checkpointer restore --help\" tells the options.")
final class RestoreCommand implements Callable<Integer> {
    /** Set by the launcher for all verbs but this one. */
    private static final String LAUNCHER = "cli.launcher";

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "the directory of the image")
    private Path directory;

    @Option(names = "-D")
    private List<String> properties;

    @Option(names = "--env")
    private List<String> variables;

    @Option(names = "--env-file")
    private Path variablesFile;

    @Option(names = "--env-stdin")
    private boolean variablesFromInput;

    @Option(names = "--main")
    private String main;

    @Option(names = {"-d", "--detach"})
    private boolean detach;

    @Option(names = "--wait-ready")
    private boolean waitReady;

    @Option(names = "--leave-stopped")
    private boolean leaveStopped;

    @Option(names = "--no-map")
    private boolean noMap;

    @Option(names = "--lazy")
    private boolean lazy;

    @Option(names = "--fallback")
    private boolean fallback;

    @Option(names = "--input")
    private Path input;

    @Option(names = "--output")
    private Path output;

    @Option(names = "--error")
    private Path error;

    @Option(names = "--inherit-fd", arity = "2")
    private List<String> inherited;

    @Option(names = "--pidfile")
    private Path pidfile;

    @Option(names = "--external")
    private List<String> external;

    @Option(names = "--manage-cgroups", completionCandidates = CgroupModes.class)
    private String cgroups;

    @Option(names = "--pid-namespace", completionCandidates = PidNamespaces.class)
    private String pidNamespace;

    @Option(names = "--timeout")
    private String timeout;

    @Option(names = "--criu")
    private Path criu;

    @Option(names = "--log-level", completionCandidates = LogLevels.class)
    private String logLevel;

    @Option(names = "--verify")
    private boolean verify;

    @Option(names = "--ignore", completionCandidates = Differences.class)
    private String ignored;

    @Option(names = "--force")
    private boolean force;

    @Option(names = "--trust")
    private boolean trust;

    @Option(names = "--messages")
    private Path messages;

    @Option(names = {"-h", "--help"})
    private boolean help;

    @Unmatched
    private List<String> unknown;

    private final Console console;
    private final List<String> arguments;

    RestoreCommand(Console console, List<String> arguments) {
        this.console = console;
        this.arguments = arguments;
    }

    /** As the launcher knows them. */
    static final class CgroupModes extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        CgroupModes() {
            super(List.of("ignore", "none", "props", "soft", "full", "strict"));
        }
    }

    /** As the launcher knows them. */
    static final class PidNamespaces extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        PidNamespaces() {
            super(List.of("auto", "always", "never"));
        }
    }

    /** As the launcher knows them. */
    static final class Differences extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Differences() {
            super(Stream.of(MachineDifference.values())
                    .map(MachineDifference::word)
                    .toList());
        }
    }

    /** As CRIU knows them. */
    static final class LogLevels extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        LogLevels() {
            super(List.of("0", "1", "2", "3", "4"));
        }
    }

    @Override
    public Integer call() throws CommandException, IOException, InterruptedException {
        var command = new ArrayList<>(List.of("sh", launcher().toString()));
        command.addAll(arguments);
        console.err().flush();
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** The command that restores. */
    static Path launcher() throws CommandException {
        var jar = Path.of(System.getProperty("java.class.path").split(":")[0]).toAbsolutePath();
        return Optional.ofNullable(System.getProperty(LAUNCHER))
                .or(() -> Optional.of(
                        jar.resolve("../../bin/checkpointer").normalize().toString()))
                .map(Path::of)
                .filter(Files::isReadable)
                .orElseThrow(() -> new CommandException(
                        ExitStatus.FAILED,
                        "there is no bin/checkpointer beside this jar",
                        "Restore with bin/checkpointer"));
    }
}
