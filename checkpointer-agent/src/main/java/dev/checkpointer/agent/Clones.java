package dev.checkpointer.agent;

import dev.checkpointer.Checkpointer;
import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What only an agent can do for a restored program: random generators get new seeds, and the environment new variables. */
final class Clones {
    private static final Set<String> PACKAGES = Set.of("java.lang", "java.util", "java.util.concurrent", "java.net");

    private Clones() {}

    /** Where that is not possible, checkpointer's own warning says so at the checkpoint. */
    static void begin(Instrumentation instrumentation) {
        try {
            var checkpointer = Checkpointer.class.getModule();
            var here = Clones.class.getModule();
            OpenJdk.to(new HashSet<>(List.of(checkpointer, here)), PACKAGES, instrumentation);
            Checkpointer.attend(new Environment());
            GeneratorTracking.install(instrumentation, Checkpointer.generators());
            new Random(); // the first one that checkpointer hears of says that it hears of all
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            System.getLogger(Clones.class.getName())
                    .log(System.Logger.Level.DEBUG, "clones of this program will have things in common", e);
        }
    }
}
