package dev.checkpointer.testkit;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.crac.Core;

/**
 * Checkpoints itself as the settings say, and then does what the lines of its standard input say: {@code echo TEXT},
 * {@code exit STATUS}. For what the contract leaves alone: standard streams, exit status, signals.
 *
 * @since 0.1.0
 */
public final class StreamsProgram {
    private StreamsProgram() {}

    /**
     * Runs to the end of the input.
     *
     * @param arguments none
     * @throws Exception when the checkpoint fails
     */
    public static void main(String[] arguments) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shutdown")));
        Core.checkpointRestore();
        System.out.println("restored " + ProcessHandle.current().pid());
        System.err.println("complaint");
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            var words = line.split(" ");
            switch (words[0]) {
                case "echo" -> System.out.println(line.substring(5));
                case "told" -> System.out.println(Told.line());
                case "property" -> System.out.println(words[1] + "=" + System.getProperty(words[1]));
                case "exit" -> System.exit(Integer.parseInt(words[1]));
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.out.println("end of input");
    }
}
