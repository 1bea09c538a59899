package dev.checkpointer.tests.faults;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * The page {@code target/reliability.md}, made of the rows of every class that has run since the last build from scratch; with
 * {@code -Dupdate.docs=true} it becomes {@code docs/reliability.md}.
 */
final class ReliabilityPage {
    private static final Path PARTS = Path.of("target/reliability");
    private static final Path PAGE = Path.of("target/reliability.md");
    private static final Path PUBLISHED = Path.of(System.getProperty("test.root"), "docs/reliability.md");

    private static final String HEAD = """
            # Faults, and what became of them

            What happens when something goes wrong in the middle, as counted by the tests of the package
            `dev.checkpointer.tests.faults` (`bin/test --full`), which make every fault for real on real JVMs. A run fails when
            after a try a process, a mount or a rule of the packet filter is left, when a finished image is harmed, when
            something hangs, or when there is neither a program that is right nor a clear error. The numbers are counts of one run of each class;
            they differ a little from run to run, since a kill meets another moment each time. No times are asserted.

            - *Ran and was right*: at the end of the try the program ran, or its finished image was restored and ran, and its
              state, threads and timers answered rightly.
            - *Clear error*: whoever asked was told what failed and what to do. Both can be true of one try: a dump that fails
              leaves its program running.

            This run: Linux %s, %s processors, JDK %s, CRIU %s. Commands that tell the rules of packet filters there: %s.

            | fault | tries | ran and was right | clear error | remarks |
            |---|---|---|---|---|
            """;

    private ReliabilityPage() {}

    static void add(String part, Collection<Row> rows) throws IOException, EngineException {
        Files.createDirectories(PARTS);
        Files.writeString(
                PARTS.resolve(part + ".md"), rows.stream().map(Row::line).collect(Collectors.joining()));
        var page = new StringBuilder(HEAD.formatted(
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.runtime.version"),
                CriuCommand.find().version(),
                Machine.filters()));
        try (var parts = Files.list(PARTS)) {
            for (var file : parts.sorted().toList()) {
                page.append(Files.readString(file));
            }
        }
        Files.writeString(PAGE, page);
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PUBLISHED, page);
        }
    }
}
