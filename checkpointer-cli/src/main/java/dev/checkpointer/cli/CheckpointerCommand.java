package dev.checkpointer.cli;

import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command itself: without a verb it is bad usage. */
@Command(
        name = "checkpointer",
        versionProvider = CheckpointerCommand.Version.class,
        description = "Checkpoint and restore of JVMs with CRIU.",
        mixinStandardHelpOptions = true)
final class CheckpointerCommand implements Runnable {
    private static final List<Class<?>> VERBS = List.of(
            RestoreCommand.class,
            CheckpointCommand.class,
            InspectCommand.class,
            ImageCommand.class,
            ServiceCommand.class,
            DaemonCommand.class,
            PsCommand.class,
            EnginesCommand.class,
            DoctorCommand.class,
            CompletionCommand.class);

    @Spec
    private CommandSpec spec;

    /** With the verb that the arguments begin with; with all of them where that is none, or has to know the others. */
    static CommandLine line(CommandLine.IFactory factory, List<String> arguments) {
        var named = VERBS.stream()
                .filter(verb -> !arguments.isEmpty() && name(verb).equals(arguments.get(0)))
                .filter(verb -> verb != CompletionCommand.class)
                .toList();
        var line = new CommandLine(new CheckpointerCommand(), factory);
        (named.isEmpty() ? VERBS : named).forEach(verb -> line.addSubcommand(new CommandLine(verb, factory)));
        return line;
    }

    private static String name(Class<?> verb) {
        return verb.getAnnotation(Command.class).name();
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }

    /** The version that the jar's manifest tells. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"checkpointer " + Objects.requireNonNullElse(version, "(built in place)")};
        }
    }
}
