package dev.checkpointer.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;

/** Runs the command and turns every failure into one line of error, one of remedy and an exit status. */
public final class Main {
    private static final String DEBUG = "--debug";
    private static final List<String> HELP = List.of("-h", "--help");

    private final Console console;

    private Main(Console console) {
        this.console = console;
    }

    /**
     * The command.
     *
     * @param arguments as on the command line
     */
    public static void main(String[] arguments) {
        int status = run(List.of(arguments), Console.ofThisProcess());
        System.out.flush();
        ClassArchive.end(
                status == ExitStatus.DONE && List.of(arguments).stream().noneMatch(HELP::contains));
        System.exit(status);
    }

    /** Runs the command without ending the JVM. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        return run(arguments, new Console(out, err, false, false));
    }

    private static int run(List<String> arguments, Console console) {
        var main = new Main(console);
        try {
            return main.commandLine(arguments).execute(arguments.toArray(String[]::new));
        } catch (Error e) { // of memory or a library, which picocli leaves to us
            return main.failure(e, arguments.contains(DEBUG));
        }
    }

    private CommandLine commandLine(List<String> arguments) {
        var line = CheckpointerCommand.line(new CommandFactory(console, arguments), arguments);
        line.setOut(console.outWriter());
        line.setErr(console.errWriter());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                console.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.getSubcommands().values().stream()
                .map(verb -> verb.getSubcommands().get("create"))
                .filter(Objects::nonNull)
                .forEach(create -> create.setStopAtPositional(true)); // what follows is the program's
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(100);
        line.setParameterExceptionHandler((e, all) -> usageError(e));
        line.setExecutionExceptionHandler(
                (e, failed, parsed) -> failure(e, parsed.originalArgs().contains(DEBUG)));
        return line;
    }

    private int usageError(CommandLine.ParameterException e) {
        var message = e.getMessage().lines().findFirst().orElse("bad usage").strip();
        console.error(
                Character.toLowerCase(message.charAt(0)) + message.substring(1),
                "Try \"" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help\"");
        return ExitStatus.USAGE;
    }

    private int failure(Throwable e, boolean debug) {
        var failure = CommandException.of(e);
        console.error(failure.getMessage(), failure.remedy());
        failure.details().forEach(console::detail);
        if (debug) {
            e.printStackTrace(console.err());
        }
        return failure.status();
    }
}
