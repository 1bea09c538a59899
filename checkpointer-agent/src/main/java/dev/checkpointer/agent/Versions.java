package dev.checkpointer.agent;

import java.io.IOException;
import java.util.Properties;

/** Whether the program's checkpointer is of the agent's version. The agent works with the program's classes. */
final class Versions {
    private static final String FILE = "dev/checkpointer/internal/jvm/version.properties";

    private Versions() {}

    /** Warns on standard error, before anything can fail because of it. */
    static void compare(ClassLoader program) {
        var own = Agent.class.getPackage().getImplementationVersion();
        var other = of(program);
        if (own != null && !other.isEmpty() && !own.equals(other)) {
            System.err.println(
                    "checkpointer agent: the program has checkpointer " + other + ", and the agent is " + own);
            System.err.println("  Use the agent of the program's version; this one may fail");
        }
    }

    /** Empty where it cannot be read, as from a named module. */
    private static String of(ClassLoader program) {
        try (var file = program.getResourceAsStream(FILE)) {
            var properties = new Properties();
            if (file != null) {
                properties.load(file);
            }
            return properties.getProperty("version", "");
        } catch (IOException e) {
            return "";
        }
    }
}
