package dev.checkpointer.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Checkpoints itself as the settings say, and then does what the lines of its standard input say: {@code echo TEXT},
 * {@code orphan}, {@code exit STATUS}. For what the contract leaves alone: standard streams, exit status, signals.
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
        var hook = new FileHook(System.getProperty("after.restore", "/dev/null"));
        Core.getGlobalContext().register(hook);
        Core.checkpointRestore();
        Reference.reachabilityFence(hook);
        System.out.println("restored " + ProcessHandle.current().pid());
        System.err.println("complaint");
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            var words = line.split(" ");
            switch (words[0]) {
                case "echo" -> System.out.println(line.substring(5));
                case "told" -> System.out.println(Told.line());
                case "property" -> System.out.println(words[1] + "=" + System.getProperty(words[1]));
                case "orphan" -> System.out.println(orphan());
                case "exit" -> System.exit(Integer.parseInt(words[1]));
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.out.println("end of input");
    }

    /** Leaves a process to PID 1, and waits until that has collected it. */
    private static String orphan() throws IOException {
        var shell = new ProcessBuilder("sh", "-c", "sleep 0.2 >/dev/null & echo $!").start();
        var pid = shell.inputReader().readLine();
        Await.until("the end of the orphan " + pid, () -> !Files.exists(Path.of("/proc", pid)));
        return "collected";
    }

    /** Does after a restore what a file tells: {@code wait FILE}, {@code fail}, {@code exit}, or nothing. */
    private record FileHook(String file) implements Resource {
        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) {}

        @Override
        public void afterRestore(Context<? extends Resource> context) throws Exception {
            var words = Files.exists(Path.of(file))
                    ? Files.readString(Path.of(file)).split(" ")
                    : new String[] {""};
            if (words[0].isEmpty()) {
                return;
            }
            System.out.println("hook: " + words[0]);
            switch (words[0]) {
                case "wait" -> Await.until("the file " + words[1], () -> Files.exists(Path.of(words[1])));
                case "fail" -> throw new IOException("hook: fail");
                case "exit" -> Runtime.getRuntime().halt(9);
                default -> throw new IllegalArgumentException(words[0]);
            }
        }
    }
}
