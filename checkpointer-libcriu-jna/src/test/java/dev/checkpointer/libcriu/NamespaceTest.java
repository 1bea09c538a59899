package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Restores into PID namespaces, where CRIU gets the images directory from a configuration file. */
class NamespaceTest extends DumpedTarget {
    @Test
    void imageMayHaveANameThatCriusConfigurationFilesCannotHold() throws Exception {
        dumpTarget();
        var image = directory.resolve("an 'image' #1 \"new\"");
        Files.move(directory.resolve("image"), image);
        var request = RestoreRequest.builder(image).engine("libcriu").pidNamespace(PidNamespace.ALWAYS);
        target = target.restoredUnaware(Checkpointer.restore(request.build()));
        assertEquals("2", target.ask("count"));
    }
}
