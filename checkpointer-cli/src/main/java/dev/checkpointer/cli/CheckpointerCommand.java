package dev.checkpointer.cli;

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
        subcommands = {
            RestoreCommand.class,
            CheckpointCommand.class,
            InspectCommand.class,
            PsCommand.class,
            EnginesCommand.class,
            DoctorCommand.class,
            CompletionCommand.class
        },
        mixinStandardHelpOptions = true)
final class CheckpointerCommand implements Runnable {
    @Spec
    private CommandSpec spec;

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
