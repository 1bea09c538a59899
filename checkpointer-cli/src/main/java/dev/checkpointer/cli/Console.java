package dev.checkpointer.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the command writes: results to standard output, everything else to standard error. */
final class Console {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean outTerminal;
    private final boolean errTerminal;

    Console(PrintStream out, PrintStream err, boolean outTerminal, boolean errTerminal) {
        this.out = out;
        this.err = err;
        this.outTerminal = outTerminal;
        this.errTerminal = errTerminal;
    }

    /** Text is UTF-8 whatever the locale, as the images and JSON are. */
    static Console ofThisProcess() {
        return new Console(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                terminal(1),
                terminal(2));
    }

    private static boolean terminal(int descriptor) {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // it is closed
        }
    }

    /** Whether results may be coloured (no-color.org). */
    boolean colour() {
        return outTerminal && wanted();
    }

    private static boolean wanted() {
        var no = System.getenv("NO_COLOR");
        return (no == null || no.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    }

    /** A text in a style of ECMA-48, where results may be coloured. */
    String styled(String style, String text) {
        return colour() ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
    }

    void line(String text) {
        out.println(text);
    }

    void json(Object value) {
        try {
            out.println(JSON.std
                    .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
                    .asString(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells the user something that is no result. */
    void note(String text) {
        err.println("checkpointer: " + Table.printable(text));
    }

    /** Tells how far a long task is; only where somebody watches. */
    void progress(String text) {
        if (errTerminal) {
            err.println((wanted() ? "\u001b[2m" : "") + text + " …" + (wanted() ? "\u001b[0m" : ""));
        }
    }

    void error(String message, String remedy) {
        note(message);
        if (!remedy.isEmpty()) {
            detail(remedy.endsWith(".") ? remedy : remedy + ".");
        }
    }

    void detail(String text) {
        err.println("  " + Table.printable(text));
    }

    PrintStream stream() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }
}
