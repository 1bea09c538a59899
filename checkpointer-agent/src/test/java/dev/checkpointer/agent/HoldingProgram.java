package dev.checkpointer.agent;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds a file open beside the one whose name is the argument. When that one is there, it writes and tells what came of it. */
public final class HoldingProgram {
    private HoldingProgram() {}

    public static void main(String[] arguments) throws Exception {
        var behaviour = Path.of(arguments[0]);
        try (var held =
                new FileOutputStream(behaviour.resolveSibling("held.txt").toFile())) {
            System.out.println("ready");
            while (!Files.exists(behaviour)) {
                Thread.sleep(20);
            }
            held.write(1);
        } catch (IOException e) {
            System.out.println(e);
        }
        Thread.sleep(600_000);
    }
}
