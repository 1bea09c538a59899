package dev.checkpointer.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Has one resource, which notes its notifications in a file. It is open only meanwhile, so that many clones can do so. */
public final class NotingProgram implements Resource {
    private final Path notes;

    private NotingProgram(Path notes) {
        this.notes = notes;
    }

    public static void main(String[] arguments) throws Exception {
        var program = new NotingProgram(Path.of(arguments[0]).resolveSibling("notes"));
        Core.getGlobalContext().register(program);
        program.note("ready");
        while (true) {
            Thread.sleep(1000);
        }
    }

    private void note(String what) throws IOException {
        Files.writeString(notes, what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws IOException {
        note("before");
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws IOException {
        note("after");
    }
}
