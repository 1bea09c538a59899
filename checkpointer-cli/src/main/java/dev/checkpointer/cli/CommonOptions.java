package dev.checkpointer.cli;

import picocli.CommandLine.Option;

/** What every command of this JVM takes. */
final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    private boolean help;

    @Option(names = "--debug", description = "print a stack trace with an error")
    private boolean debug;

    @Option(names = "--json", description = "print the result as JSON, and nothing else on standard output")
    private boolean json;

    boolean json() {
        return json;
    }
}
