package dev.checkpointer.agent;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.internal.clones.Generators;
import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What only an agent can do for a restored program: random generators get new seeds, and the environment new variables. */
final class Clones {
    private static final String INTERNAL = "dev.checkpointer.internal.clones";

    private Clones() {}

    /** Where that is not possible, checkpointer's own warning says so at the checkpoint. */
    static void begin(Instrumentation instrumentation) {
        try {
            var checkpointer = Checkpointer.class.getModule();
            var here = Clones.class.getModule();
            OpenJdk.to(new HashSet<>(List.of(checkpointer, here)), instrumentation);
            if (checkpointer.isNamed()) {
                instrumentation.redefineModule(
                        checkpointer, Set.of(), Map.of(INTERNAL, Set.of(here)), Map.of(), Set.of(), Map.of());
            }
            Checkpointer.attend(new Environment());
            GeneratorTracking.install(instrumentation, Generators::add);
            Generators.begin();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            System.getLogger(Clones.class.getName())
                    .log(System.Logger.Level.DEBUG, "clones of this program will have things in common", e);
        }
    }
}
