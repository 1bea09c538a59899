package dev.checkpointer.criu.exec;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.crac.Core;

/** Checkpoints itself, and then does what lines on its standard input say. */
final class StreamsProgram {
    private StreamsProgram() {}

    public static void main(String[] arguments) throws Exception {
        var directory = Path.of(arguments[0]);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shutdown")));
        Core.checkpointRestore();
        System.out.println("restored " + ProcessHandle.current().pid());
        System.err.println("complaint");
        Files.writeString(directory.resolve("running"), "yes");
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            var words = line.split(" ");
            switch (words[0]) {
                case "echo" -> System.out.println(line.substring(5));
                case "exit" -> System.exit(Integer.parseInt(words[1]));
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.out.println("end of input");
    }
}
