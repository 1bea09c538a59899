package dev.checkpointer.benchmarks.harness;

import java.io.PrintStream;

/** Where people read: tables on one stream, progress and failures on another one. */
public final class Console {
    private final PrintStream out;
    private final PrintStream progress;

    /**
     * Writes to two streams.
     *
     * @param out for results
     * @param progress for everything else
     */
    public Console(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    /**
     * Tells what is going on.
     *
     * @param text one line
     */
    public void note(String text) {
        progress.println("bench: " + text);
    }

    /**
     * Tells of a contestant that failed.
     *
     * @param failure which one, and why
     */
    public void failed(Failure failure) {
        note("FAILED: " + failure.contestant() + ": " + failure.message());
        failure.log().forEach(line -> progress.println("  " + line));
    }

    /**
     * Prints a result.
     *
     * @param text lines
     */
    public void print(String text) {
        out.println(text);
    }
}
