package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Asker;
import dev.checkpointer.benchmarks.harness.Work;
import java.io.IOException;
import java.util.List;

/** A program that is restored in several ways. */
interface Subject {
    Work work();

    Asker asker();

    /** The command that is measured, as its users have it. */
    String launcher();

    /** Where it answers. */
    int port();

    /** The path that is asked. */
    String question();

    /** The image of the program that was started with these options for its JVM, made when it is first asked for. */
    DumpedProgram image(List<String> options) throws IOException, InterruptedException;
}
