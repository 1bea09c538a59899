package dev.checkpointer.libcriu;

import java.io.BufferedReader;
import java.io.FileReader;
import org.crac.Core;

/** Opens a file, checkpoints itself, and then prints the file's first line. */
final class InheritProgram {
    private InheritProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (var reader = new BufferedReader(new FileReader(arguments[0]))) {
            Core.checkpointRestore();
            System.out.println("read " + reader.readLine());
        }
    }
}
