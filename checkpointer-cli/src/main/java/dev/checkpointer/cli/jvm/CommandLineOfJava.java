package dev.checkpointer.cli.jvm;

import java.util.List;
import java.util.Set;

/** What the {@code java} command was told to run, from its arguments (the java tool's manual page). */
final class CommandLineOfJava {
    private static final Set<String> VALUED = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--add-reads",
            "--add-exports",
            "--add-opens",
            "--enable-native-access",
            "--limit-modules",
            "--patch-module",
            "--source");

    private CommandLineOfJava() {}

    /** The class, jar, module or source file; the command itself where its arguments do not tell, as with a launcher of its own. */
    static String program(List<String> arguments) {
        if (arguments.isEmpty()) {
            return "?";
        }
        if (!arguments.get(0).matches("(.*/)?java")) {
            return arguments.get(0);
        }
        for (int i = 1; i < arguments.size(); i++) {
            var argument = arguments.get(i);
            boolean last = i + 1 == arguments.size();
            if (VALUED.contains(argument)) {
                i++;
            } else if (Set.of("-jar", "-m", "--module").contains(argument)) {
                return last ? "?" : arguments.get(i + 1);
            } else if (argument.startsWith("--module=")) {
                return argument.substring("--module=".length());
            } else if (!argument.startsWith("-")) {
                return argument;
            }
        }
        return arguments.get(0);
    }
}
