package dev.checkpointer.cli;

import java.lang.reflect.Constructor;
import java.util.List;
import picocli.CommandLine;

/** Gives the subcommands the console. */
final class CommandFactory implements CommandLine.IFactory {
    private final Console console;
    private final List<String> arguments;

    CommandFactory(Console console, List<String> arguments) {
        this.console = console;
        this.arguments = arguments;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (type == RestoreCommand.class) {
            return type.cast(new RestoreCommand(console, arguments));
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            var parameters = constructor.getParameterTypes();
            if (parameters.length == 1 && parameters[0] == Console.class) {
                return type.cast(constructor.newInstance(console));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
