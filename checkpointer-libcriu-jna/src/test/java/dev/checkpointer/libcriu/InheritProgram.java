package dev.checkpointer.libcriu;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import java.io.BufferedReader;
import java.io.FileReader;

/** Opens a file, checkpoints itself, and then prints the file's first line. */
final class InheritProgram {
    private InheritProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (var reader = new BufferedReader(new FileReader(arguments[0]))) {
            Checkpointer.checkpoint(CheckpointRequest.builder().build());
            System.out.println("read " + reader.readLine());
        }
    }
}
